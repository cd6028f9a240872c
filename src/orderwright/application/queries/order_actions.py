from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from orderwright.domain.entities.order import (
    ADDRESSES,
    CancellationInProgress,
    Order,
    OrderNotFound,
)
from orderwright.domain.entities.order_lifecycle import OrderAct
from orderwright.domain.entities.payment import Payment, PaymentNotFound
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
        raise OrderNotFound("no order has this id")
    payments = await reader.payments(order_id)
    acts = {
        "process": OrderAct.CONFIRM,
        "cancel": OrderAct.CANCEL,
        "ship": OrderAct.SHIP,
        "deliver": OrderAct.DELIVER,
    }
    possible = [_guarded(name, partial(order.check, act)) for name, act in acts.items()]
    changes = [
        _guarded(f"change_{each}", partial(order.check_change_of_address, each))
        for each in sorted(ADDRESSES)
    ]
    money = [
        _of_some_payment("capture", order, payments, Payment.check_capturable),
        _of_some_payment("void", order, payments, Payment.check_voidable),
    ]
    always = PossibleAction("change", True)
    return [*possible, _return(order), _refund(payments), *money, always, *changes]


def _guarded(name: str, guard: Callable[[], None]) -> PossibleAction:
    try:
        guard()
    except Conflict as conflict:
        return PossibleAction(name, False, conflict.code, conflict.detail)
    return PossibleAction(name, True)


def _of_some_payment(
    name: str, order: Order, payments: Sequence[Payment], guard: Callable[[Payment], None]
) -> PossibleAction:
    """Allowed when one payment allows it; else what the latest says."""
    if order.is_cancelling:
        return PossibleAction(
            name, False, CancellationInProgress.code, "the order is being cancelled"
        )
    answers = [_guarded(name, partial(guard, payment)) for payment in payments]
    none = PossibleAction(name, False, PaymentNotFound.code, "the order has no payment")
    return next((each for each in answers if each.allowed), answers[-1] if answers else none)


def _return(order: Order) -> PossibleAction:
    if any(item.shipped > item.returned for item in order.items):
        return PossibleAction("return", True)
    return PossibleAction("return", False, "return_exceeds_shipped", "nothing is left to return")


def _refund(payments: Sequence[Payment]) -> PossibleAction:
    if any(payment.refundable for payment in payments):
        return PossibleAction("refund", True)
    reason = "nothing captured is left to refund"
    return PossibleAction("refund", False, "refund_exceeds_captured", reason)
