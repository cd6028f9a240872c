"""Orders and what belongs to one: its payments, refunds, shipments and returns. All of them are
changed only under the lock of their order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.order import Order, OrderNotFound
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment import Payment, PaymentNotFound
from orderwright.domain.entities.refund import Refund, RefundNotFound
from orderwright.domain.entities.return_ import Return, ReturnNotFound
from orderwright.domain.entities.shipment import Shipment, ShipmentNotFound
from orderwright.infrastructure.database import tables, tables_fulfilment, tables_payments
from orderwright.infrastructure.database.repositories.kept import Kept


class SqlOrders(Kept[Order, int]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, Order, OrderNotFound)

    async def of_ids(self, order_ids: Collection[int]) -> dict[int, Order]:
        found = await self._locked(tables.orders.c.id.in_(order_ids), tables.orders.c.id)
        return {order.id: order for order in found}

    async def find_by_reference(self, channel: str, reference: str) -> Order | None:
        orders = tables.orders.c
        return await self._first((orders.channel == channel) & (orders.reference == reference))

    async def pending_since(self, placed_before: datetime, *, limit: int) -> Sequence[int]:
        orders = tables.orders.c
        late = (
            select(orders.id)
            .where(
                orders.status == OrderStatus.PENDING,
                orders.created_at < placed_before,
                orders.cancellation_requested_at.is_(None),
            )
            .order_by(orders.created_at, orders.id)
            .limit(limit)
        )
        return (await self._session.scalars(late)).all()


class SqlPayments(Kept[Payment, str]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, Payment, PaymentNotFound)

    async def of_order(self, order_id: int) -> Sequence[Payment]:
        payments = tables_payments.payments.c
        return await self._all(payments.order_id == order_id, payments.created_at, payments.id)

    async def of_orders(self, order_ids: Collection[int]) -> Sequence[Payment]:
        payments = tables_payments.payments.c
        return await self._all(payments.order_id.in_(order_ids), payments.created_at, payments.id)

    async def find_by_operation(self, operation_id: str) -> Payment | None:
        operations = tables_payments.payment_operations.c
        of_operation = select(operations.payment_id).where(operations.id == operation_id)
        return await self._first(tables_payments.payments.c.id.in_(of_operation))

    async def claim_due(self, *, now: datetime, until: datetime, limit: int) -> Sequence[int]:
        operations, payments = tables_payments.payment_operations.c, tables_payments.payments.c
        due = (
            select(operations.id)
            .where(operations.due_at <= now)
            .order_by(operations.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claimed = await self._session.scalars(
            update(tables_payments.payment_operations)
            .where(operations.id.in_(due))
            .values(due_at=until)
            .returning(operations.payment_id)
        )
        of_orders = select(payments.order_id).where(payments.id.in_(claimed.all())).distinct()
        return (await self._session.scalars(of_orders.order_by(payments.order_id))).all()


class SqlRefunds(Kept[Refund, str]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, Refund, RefundNotFound)

    async def of_order(self, order_id: int) -> Sequence[Refund]:
        refunds = tables_payments.refunds.c
        return await self._all(refunds.order_id == order_id, refunds.created_at, refunds.id)


class SqlShipments(Kept[Shipment, str]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, Shipment, ShipmentNotFound)

    async def of_order(self, order_id: int) -> Sequence[Shipment]:
        shipments = tables_fulfilment.shipments.c
        return await self._all(shipments.order_id == order_id, shipments.created_at, shipments.id)


class SqlReturns(Kept[Return, str]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, Return, ReturnNotFound)

    async def of_order(self, order_id: int) -> Sequence[Return]:
        returns = tables_fulfilment.returns.c
        return await self._all(returns.order_id == order_id, returns.created_at, returns.id)
