from __future__ import annotations

from dataclasses import dataclass

from orderwright.domain.entities.order import Order, OrderNotFound
from orderwright.domain.entities.order_lifecycle import OrderAct
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.errors import Conflict
from orderwright.domain.interfaces.readers import OrderDetailsReader


@dataclass(frozen=True, slots=True)
class PossibleAction:
    """`code` and `reason` say why not; both are None for what is allowed."""

    action: str
    allowed: bool
    code: str | None = None
    reason: str | None = None


async def order_actions(order_id: int, reader: OrderDetailsReader) -> list[PossibleAction]:
    """Every act on an order and whether it is allowed now, by the same guards that enforce it.

    Raises:
        OrderNotFound.
    """
    order = await reader.order(order_id)
    if order is None:
        raise OrderNotFound(f"no order {order_id}")
    acts = {
        "process": OrderAct.CONFIRM,
        "cancel": OrderAct.CANCEL,
        "ship": OrderAct.SHIP,
        "deliver": OrderAct.DELIVER,
    }
    possible = [_by_lifecycle(order, name, act) for name, act in acts.items()]
    return [*possible, _return(order), _refund(order)]


def _by_lifecycle(order: Order, name: str, act: OrderAct) -> PossibleAction:
    try:
        order.check(act)
    except Conflict as conflict:
        return PossibleAction(name, False, conflict.code, conflict.detail)
    return PossibleAction(name, True)


def _return(order: Order) -> PossibleAction:
    if any(item.shipped > item.returned for item in order.items):
        return PossibleAction("return", True)
    return PossibleAction("return", False, "return_exceeds_shipped", "nothing is left to return")


def _refund(order: Order) -> PossibleAction:
    if order.payment_status in (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED):
        return PossibleAction("refund", True)
    reason = "nothing captured is left to refund"
    return PossibleAction("refund", False, "refund_exceeds_captured", reason)
