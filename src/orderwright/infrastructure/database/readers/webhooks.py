from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, exists, func, select

from orderwright.domain.entities.webhook_endpoint import EndpointStatus, WebhookEndpoint
from orderwright.domain.interfaces.webhooks import Attempt, Delivery, DeliveryState
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.reading import PreparedReading
from orderwright.infrastructure.database.repositories.webhook_deliveries import is_due
from orderwright.infrastructure.database.tables_webhooks import (
    webhook_deliveries,
    webhook_endpoints,
)
from orderwright.infrastructure.database.types import UtcDateTime
from orderwright.infrastructure.database.webhook_rows import (
    DELIVERY,
    attempt_of,
    attempts_of,
    delivery_of,
)

_endpoints: Final = webhook_endpoints.c
_rows: Final = webhook_deliveries.c
_THERE: Final = _endpoints.status != EndpointStatus.DELETED
_WITH_SOMETHING_DUE: Final = select(_endpoints.id).where(
    _endpoints.status == EndpointStatus.ACTIVE,
    exists().where(
        _rows.endpoint_id == _endpoints.id, is_due(bindparam("now", type_=UtcDateTime()))
    ),
)


class SqlWebhookReader(PreparedReading):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._with_something_due = self._prepared(_WITH_SOMETHING_DUE)

    async def endpoints(self, *, skip: int, limit: int) -> Sequence[WebhookEndpoint]:
        there = select(WebhookEndpoint).where(_THERE).order_by(_endpoints.id)
        return await self._all(there.offset(skip).limit(limit))

    async def endpoint(self, endpoint_id: int) -> WebhookEndpoint | None:
        found: WebhookEndpoint | None = await self._one(
            select(WebhookEndpoint).where(_THERE, _endpoints.id == endpoint_id)
        )
        return found

    async def deliveries(
        self,
        endpoint_id: int,
        *,
        below: int | None,
        limit: int,
        state: DeliveryState | None,
        event_type: str | None,
    ) -> Sequence[Delivery]:
        question = select(*DELIVERY).where(_rows.endpoint_id == endpoint_id)
        if below is not None:
            question = question.where(_rows.id < below)
        if state is not None:
            question = question.where(_rows.state == state)
        if event_type is not None:
            question = question.where(_rows.event_type == event_type)
        rows = await self._mappings(question.order_by(_rows.id.desc()).limit(limit))
        return list(map(delivery_of, rows))

    async def delivery(self, endpoint_id: int, delivery_id: int) -> Delivery | None:
        question = select(*DELIVERY).where(
            _rows.endpoint_id == endpoint_id, _rows.id == delivery_id
        )
        rows = await self._mappings(question)
        return delivery_of(rows[0]) if rows else None

    async def attempts(self, delivery_id: int) -> Sequence[Attempt]:
        return list(map(attempt_of, await self._mappings(attempts_of(delivery_id))))

    async def asked_for(self) -> Collection[str]:
        filters = await self._all(
            select(_endpoints.events).where(_endpoints.status == EndpointStatus.ACTIVE)
        )
        return frozenset[str]().union(*(each.names() for each in filters))

    async def active(self) -> int:
        there = select(func.count()).where(_endpoints.status == EndpointStatus.ACTIVE)
        many: int = await self._one(there)
        return many

    async def due_endpoints(self, now: datetime) -> Sequence[int]:
        return [found for (found,) in await self._ask(self._with_something_due, now=now)]
