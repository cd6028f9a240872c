from __future__ import annotations

from orderwright.domain.entities.order import OrderNotFound
from orderwright.domain.interfaces.order_reader import (
    FullOrderReader,
    OrderInFull,
    OrderReader,
    OrderView,
)


async def get_order(order_id: int, orders: OrderReader) -> OrderView:
    """Raises: OrderNotFound."""
    order = await orders.get(order_id)
    if order is None:
        raise OrderNotFound("no order has this id")
    return order


async def get_order_in_full(order_id: int, orders: FullOrderReader) -> OrderInFull:
    """With its customer, payments and shipments.

    Raises: OrderNotFound.
    """
    order = await orders.get(order_id)
    if order is None:
        raise OrderNotFound("no order has this id")
    return order
