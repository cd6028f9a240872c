"""The life of an order as data. Guards (`nothing shipped yet`) belong to the order itself."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from orderwright.domain.errors import Conflict


class OrderStatus(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class OrderAct(StrEnum):
    CONFIRM = "confirm"
    SHIP = "ship"
    DELIVER = "deliver"
    CANCEL = "cancel"


class IllegalTransition(Conflict):
    code = "illegal_transition"


TRANSITIONS: Final[dict[OrderStatus, dict[OrderAct, OrderStatus]]] = {
    OrderStatus.PENDING: {
        OrderAct.CONFIRM: OrderStatus.CONFIRMED,
        OrderAct.CANCEL: OrderStatus.CANCELLED,
    },
    OrderStatus.CONFIRMED: {
        OrderAct.SHIP: OrderStatus.SHIPPED,
        OrderAct.CANCEL: OrderStatus.CANCELLED,
    },
    OrderStatus.SHIPPED: {OrderAct.DELIVER: OrderStatus.DELIVERED},
    OrderStatus.DELIVERED: {},
    OrderStatus.CANCELLED: {},
}


def after(act: OrderAct, status: OrderStatus) -> OrderStatus:
    """The status that `act` leads to.

    Raises:
        IllegalTransition: an order in `status` does not allow it; says what it does allow.
    """
    moves = TRANSITIONS[status]
    if act not in moves:
        raise IllegalTransition(
            f"a {status} order does not allow to {act} it",
            current_status=str(status),
            allowed=[str(allowed) for allowed in moves],
        )
    return moves[act]
