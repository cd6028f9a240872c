from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.refund import Refund
from orderwright.domain.entities.return_ import Return
from orderwright.domain.entities.shipment import Shipment
from orderwright.domain.entities.task import Task
from orderwright.domain.interfaces.readers import TimelineEntry
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.readers.reading import Reading

_events: Final = tables.events.c


class SqlOrderDetailsReader(Reading):
    async def order(self, order_id: int) -> Order | None:
        found: Order | None = await self._one(select(Order).where(tables.orders.c.id == order_id))
        return found

    async def exists(self, order_id: int) -> bool:
        orders = tables.orders.c
        return await self._one(select(orders.id).where(orders.id == order_id)) is not None

    async def timeline(self, order_id: int) -> Sequence[TimelineEntry]:
        rows = await self._rows(
            select(tables.events)
            .where(_events.aggregate == "order", _events.aggregate_id == order_id)
            .order_by(_events.sequence)
        )
        return [
            TimelineEntry(
                sequence=row.sequence,
                event=row.name,
                occurred_at=row.occurred_at,
                actor=row.actor,
                correlation_id=row.correlation_id,
                data=row.payload,
            )
            for row in rows
        ]

    async def payments(self, order_id: int) -> Sequence[Payment]:
        of_order = tables.payments.c.order_id == order_id
        return await self._all(
            select(Payment).where(of_order).order_by(tables.payments.c.created_at)
        )

    async def refunds(self, order_id: int) -> Sequence[Refund]:
        of_order = tables.refunds.c.order_id == order_id
        return await self._all(select(Refund).where(of_order).order_by(tables.refunds.c.created_at))

    async def shipments(self, order_id: int) -> Sequence[Shipment]:
        of_order = tables.shipments.c.order_id == order_id
        return await self._all(
            select(Shipment).where(of_order).order_by(tables.shipments.c.created_at)
        )

    async def returns(self, order_id: int) -> Sequence[Return]:
        of_order = tables.returns.c.order_id == order_id
        return await self._all(select(Return).where(of_order).order_by(tables.returns.c.created_at))

    async def task(self, task_id: str) -> Task | None:
        found: Task | None = await self._one(select(Task).where(tables.tasks.c.id == task_id))
        return found
