from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwright.application.commands.cancel_order import begin_cancellation
from orderwright.application.services.settlement import Settle
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork

REASON: Final = "not paid in time"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireOrder:
    """`placed_before`: one that was placed then or later has time left."""

    order_id: int
    placed_before: datetime


async def expire_order(
    command: ExpireOrder, uow: UnitOfWork, *, settle: Settle, now: datetime, ids: Ids
) -> bool:
    """Cancel an order that nobody paid for in time, as a person would; was it one?

    Whether it was paid meanwhile is looked at under its lock: either the payment comes first and the
    order stays, or the expiry does and the money goes back.

    Raises:
        OrderNotFound.
    """
    async with uow:
        order = await uow.orders.get_by_id(command.order_id)
        if not _is_due(order, command):
            return False
        await begin_cancellation(order, REASON, uow, ids, now, despite_refusals=False)
        money_is_out = order.is_cancelling
        await uow.commit()
    await uow.reached("expiry.mid")
    if money_is_out:
        await settle(command.order_id, uow.context)
    return True


def _is_due(order: Order, command: ExpireOrder) -> bool:
    is_late = order.created_at < command.placed_before
    return is_late and order.status is OrderStatus.PENDING and not order.is_cancelling
