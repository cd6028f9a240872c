from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.webhook_endpoint import EndpointStatus
from orderwright.domain.interfaces.event_feed import FeedEvent
from orderwright.domain.interfaces.webhooks import (
    ClaimedDelivery,
    Delivery,
    DeliveryState,
    Tried,
)
from orderwright.infrastructure.database.deleting import deleted
from orderwright.infrastructure.database.repositories.webhook_replays import Replays
from orderwright.infrastructure.database.tables_webhooks import (
    webhook_attempts,
    webhook_deliveries,
    webhook_endpoints,
)
from orderwright.infrastructure.database.upsert import rows_unless_there
from orderwright.infrastructure.database.webhook_rows import (
    DELIVERY,
    attempt_row,
    delivery_of,
    event_of,
    events_at,
)

_rows: Final = webhook_deliveries.c
_endpoints: Final = webhook_endpoints.c
TEST_EVENT: Final = "webhook.test"


class SqlWebhookDeliveries(Replays):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session)

    async def add(self, wanted: Sequence[tuple[int, FeedEvent]], now: datetime) -> None:
        if wanted:
            rows = [_new_row(endpoint_id, event, now) for endpoint_id, event in wanted]
            await self._session.execute(rows_unless_there(self._session, webhook_deliveries), rows)
            self.made_due = True

    async def add_test(self, endpoint_id: int, now: datetime) -> Delivery:
        row = {**_fresh(now), "endpoint_id": endpoint_id, "event_type": TEST_EVENT}
        made = await self._session.execute(
            insert(webhook_deliveries).values(row).returning(*DELIVERY)
        )
        self.made_due = True
        return delivery_of(made.mappings().one())

    async def claim_due(
        self, endpoint_id: int, *, now: datetime, lease_until: datetime, limit: int
    ) -> Sequence[ClaimedDelivery]:
        due = (
            select(_rows.id)
            .where(_rows.endpoint_id == endpoint_id, is_due(now), ~_has_one_before())
            .order_by(_rows.due_at, _rows.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claimed = await self._session.execute(
            update(webhook_deliveries)
            .where(_rows.id.in_(due))
            .values(attempts=_rows.attempts + 1, fence=_rows.fence + 1, lease_until=lease_until)
            .returning(*DELIVERY, _rows.fence)
        )
        rows = sorted(claimed.mappings().all(), key=lambda row: row["id"])
        events = await self._events([row["event_id"] for row in rows if row["event_id"]])
        return [
            ClaimedDelivery(
                delivery=delivery_of(row), fence=row["fence"], event=events.get(row["event_id"])
            )
            for row in rows
        ]

    async def note(self, tried: Sequence[Tried]) -> Sequence[Tried]:
        noted = [each for each in tried if await self._is_written(each)]
        rows = [
            attempt_row(each.claimed.delivery.id, each.attempt)
            for each in noted
            if each.attempt.reply.sent
        ]
        if rows:
            await self._session.execute(insert(webhook_attempts), rows)
        return noted

    async def give_up(self, endpoint_id: int, reason: str, now: datetime, *, limit: int) -> None:
        open_ones = (
            select(_rows.id)
            .where(_rows.endpoint_id == endpoint_id, _rows.state == DeliveryState.PENDING)
            .limit(limit)
        )
        await self._session.execute(
            update(webhook_deliveries)
            .where(_rows.id.in_(open_ones))
            .values(
                state=DeliveryState.DEAD,
                finished_at=now,
                last_error=reason,
                lease_until=None,
                fence=_rows.fence + 1,
            )
        )

    async def forget(self, before: datetime, *, limit: int) -> int:
        old = [
            id_
            for which in (_finished_before(before), _for_nobody())
            for id_ in await self._session.scalars(
                which.limit(limit).with_for_update(skip_locked=True)
            )
        ]
        attempts = webhook_attempts.c
        await self._session.execute(
            delete(webhook_attempts).where(attempts.delivery_id.in_(old)),
            execution_options={"synchronize_session": False},
        )
        return await deleted(self._session, delete(webhook_deliveries).where(_rows.id.in_(old)))

    async def _events(self, positions: list[int]) -> dict[int, FeedEvent]:
        found = await self._session.execute(events_at(positions))
        return {row["position"]: event_of(row) for row in found.mappings()}

    async def _is_written(self, tried: Tried) -> bool:
        is_open = tried.state is DeliveryState.PENDING
        ended_at = tried.due_at if not is_open else None
        written = await self._session.execute(
            update(webhook_deliveries)
            .where(
                _rows.id == tried.claimed.delivery.id,
                _rows.fence == tried.claimed.fence,
                _rows.state == DeliveryState.PENDING,
            )
            .values(
                state=tried.state,
                attempts=_rows.attempts - (0 if tried.attempt.reply.sent else 1),
                due_at=tried.due_at,
                finished_at=ended_at,
                lease_until=None,
                last_status=tried.attempt.reply.status,
                last_error=tried.attempt.reply.error,
            )
            .returning(_rows.id)
        )
        return written.first() is not None


def _finished_before(moment: datetime) -> Select[int]:
    return select(_rows.id).where(_rows.finished_at < moment).order_by(_rows.finished_at)


def _for_nobody() -> Select[int]:
    """Made while its endpoint was being deleted."""
    deleted = select(_endpoints.id).where(_endpoints.status == EndpointStatus.DELETED)
    return select(_rows.id).where(
        _rows.endpoint_id.in_(deleted), _rows.state == DeliveryState.PENDING
    )


def is_due(now: Any) -> ColumnElement[bool]:
    return and_(
        _rows.state == DeliveryState.PENDING,
        _rows.due_at <= now,
        or_(_rows.lease_until.is_(None), _rows.lease_until < now),
    )


def _has_one_before() -> ColumnElement[bool]:
    """An earlier event of the same aggregate is still to arrive."""
    earlier = webhook_deliveries.alias("earlier").c
    return exists().where(
        earlier.endpoint_id == _rows.endpoint_id,
        earlier.aggregate == _rows.aggregate,
        earlier.aggregate_id == _rows.aggregate_id,
        earlier.position < _rows.position,
        earlier.state == DeliveryState.PENDING,
    )


def _fresh(now: datetime) -> dict[str, Any]:
    return {
        "state": DeliveryState.PENDING,
        "attempts": 0,
        "fence": 0,
        "created_at": now,
        "due_at": now,
    }


def _new_row(endpoint_id: int, event: FeedEvent, now: datetime) -> dict[str, Any]:
    return {
        **_fresh(now),
        "endpoint_id": endpoint_id,
        "position": event.position,
        "event_type": event.name,
        "aggregate": event.aggregate,
        "aggregate_id": event.aggregate_id,
    }
