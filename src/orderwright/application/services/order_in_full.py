from __future__ import annotations

from orderwright.domain.entities.order import Order
from orderwright.domain.interfaces.order_reader import OrderInFull
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


async def in_full(order: Order, uow: UnitOfWork) -> OrderInFull:
    """`order` with what stands around it, as this transaction leaves it."""
    return OrderInFull(
        order=order,
        customer=await uow.customers.look_at(order.customer_id),
        payments=await uow.payments.of_order(order.id),
        shipments=await uow.shipments.of_order(order.id),
    )
