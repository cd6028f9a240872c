from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Select, func, literal, select, text, union_all

from orderwright.domain.entities.webhook_endpoint import EndpointStatus
from orderwright.domain.interfaces.backlog import Queue, Waiting
from orderwright.infrastructure.database import tables, tables_work
from orderwright.infrastructure.database.readers.reading import Reading
from orderwright.infrastructure.database.repositories.tasks import is_due
from orderwright.infrastructure.database.tables_events import outbox
from orderwright.infrastructure.database.tables_webhooks import (
    webhook_deliveries,
    webhook_endpoints,
)

_Question = Select[str, int, datetime]
_events: Final = tables.events.c
_tasks: Final = tables_work.tasks.c
_deliveries: Final = webhook_deliveries.c
_endpoints: Final = webhook_endpoints.c
# To the letter those of the indexes, which hold only what is not finished: what is finished is never
# looked at, however much there is.
_TASK_UNFINISHED: Final = text("tasks.state IN ('queued', 'running')")
_DELIVERY_PENDING: Final = text("webhook_deliveries.state = 'pending'")


class SqlBacklogReader(Reading):
    async def backlogs(self, now: datetime) -> Mapping[Queue, Waiting]:
        parts = union_all(_outbox(), _due_tasks(now), _due_deliveries(now)).subquery()
        rows = await self._mappings(select(parts))
        return {Queue(row["queue"]): Waiting(row["pending"], row["oldest_at"]) for row in rows}


def _outbox() -> _Question:
    waiting = select(
        func.count().label("pending"), func.min(outbox.c.event_id).label("first")
    ).subquery()
    return select(
        literal(Queue.OUTBOX.value).label("queue"),
        waiting.c.pending,
        _events.occurred_at.label("oldest_at"),
    ).select_from(waiting.outerjoin(tables.events, _events.id == waiting.c.first))


def _due_tasks(now: datetime) -> _Question:
    return select(literal(Queue.TASKS.value), func.count(), func.min(_tasks.due_at)).where(
        _TASK_UNFINISHED, _tasks.due_at <= now, is_due(now)
    )


def _due_deliveries(now: datetime) -> _Question:
    """Also those that are just being sent. Where nothing is sent to, nothing waits."""
    active = select(_endpoints.id).where(_endpoints.status == EndpointStatus.ACTIVE)
    return select(
        literal(Queue.WEBHOOK_DELIVERIES.value), func.count(), func.min(_deliveries.due_at)
    ).where(_DELIVERY_PENDING, _deliveries.endpoint_id.in_(active), _deliveries.due_at <= now)
