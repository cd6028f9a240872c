from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Table, select

from orderwright.domain.entities.attachment import Attachment
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.refund import Refund
from orderwright.domain.entities.return_ import Return
from orderwright.domain.entities.shipment import Shipment
from orderwright.domain.entities.task import Task, TaskState
from orderwright.domain.interfaces.readers import TimelineEntry
from orderwright.infrastructure.database import (
    tables,
    tables_fulfilment,
    tables_payments,
    tables_work,
)
from orderwright.infrastructure.database.readers.reading import Reading
from orderwright.infrastructure.database.tables_attachments import attachments

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
        return await self._of_order(Payment, tables_payments.payments, order_id)

    async def refunds(self, order_id: int) -> Sequence[Refund]:
        return await self._of_order(Refund, tables_payments.refunds, order_id)

    async def shipments(self, order_id: int) -> Sequence[Shipment]:
        return await self._of_order(Shipment, tables_fulfilment.shipments, order_id)

    async def returns(self, order_id: int) -> Sequence[Return]:
        return await self._of_order(Return, tables_fulfilment.returns, order_id)

    async def attachments(self, order_id: int) -> Sequence[Attachment]:
        return await self._of_order(Attachment, attachments, order_id)

    async def attachment(self, order_id: int, attachment_id: str) -> Attachment | None:
        found: Attachment | None = await self._one(
            select(Attachment).where(
                attachments.c.id == attachment_id, attachments.c.order_id == order_id
            )
        )
        return found

    async def task(self, task_id: str) -> Task | None:
        found: Task | None = await self._one(select(Task).where(tables_work.tasks.c.id == task_id))
        return found

    async def tasks(self, state: TaskState, *, after: str | None, limit: int) -> Sequence[Task]:
        # Ids are given in the order of time.
        rows = tables_work.tasks.c
        question = select(Task).where(rows.state == state).order_by(rows.id.desc()).limit(limit)
        return await self._all(question if after is None else question.where(rows.id < after))

    async def _of_order(self, entity: type[Any], table: Table, order_id: int) -> Sequence[Any]:
        """Oldest first; of the same moment, as an import makes them, in the order they were made."""
        return await self._all(
            select(entity)
            .where(table.c.order_id == order_id)
            .order_by(table.c.created_at, table.c.id)
        )
