"""What a task that processes an order ends with, whoever ran it."""

from __future__ import annotations

from typing import Protocol

from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.errors import Conflict, DomainError, Unavailable


class PaymentFailed(Conflict):
    code = "payment_failed"


class PaymentUnresolved(Unavailable):
    """The gateway has not said yet what became of an operation: ask again later."""

    code = "payment_unresolved"


class Standing(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def status(self) -> OrderStatus: ...
    @property
    def payment_status(self) -> PaymentStatus: ...


def result_of(order: Standing) -> dict[str, object]:
    return {
        "order_id": order.id,
        "status": str(order.status),
        "payment_status": str(order.payment_status),
    }


def declined(order_id: int) -> PaymentFailed:
    return PaymentFailed(f"the payment of order {order_id} was declined")


def unresolved(order_id: int) -> PaymentUnresolved:
    return PaymentUnresolved(f"the gateway has not settled order {order_id} yet")


def as_error(error: DomainError) -> dict[str, object]:
    return {"code": error.code, "detail": error.detail}
