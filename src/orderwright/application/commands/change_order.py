from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.order import Order
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOrder:
    """`changes` holds only what the caller named, checked at the edge; None clears a field."""

    order_id: int
    changes: Mapping[str, object]


async def change_order(command: ChangeOrder, uow: UnitOfWork, *, now: datetime) -> Order:
    """Raises: OrderNotFound, OrderIsOver, CancellationInProgress, AlreadyShipped."""
    async with uow:
        order = await uow.orders.get_by_id(command.order_id)
        await uow.context.precondition.check(order, uow)
        order.change(command.changes, now)
        return await uow.commit(order)
