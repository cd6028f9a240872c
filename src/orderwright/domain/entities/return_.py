from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orderwright.domain.entities.order import Order
from orderwright.domain.errors import Conflict, NotFound, Rejected
from orderwright.domain.events.order import (
    LineQuantity,
    ReturnReceived,
    ReturnRefunded,
    ReturnRequested,
)


class ReturnNotFound(NotFound):
    code = "return_not_found"


class EmptyReturn(Rejected):
    code = "empty_return"


class ReturnAlreadyReceived(Conflict):
    code = "return_already_received"


class ReturnNotReceived(Conflict):
    code = "return_not_received"


class ReturnRefundUnderway(Conflict):
    code = "return_refund_underway"


class ReturnStatus(StrEnum):
    REQUESTED = "requested"
    RECEIVED = "received"
    REFUNDED = "refunded"


@dataclass(kw_only=True, eq=False)
class ReturnLine:
    item_id: int
    quantity: int
    restock: bool


@dataclass(kw_only=True, eq=False)
class Return:
    """Goods that come back (RMA). Quantities count against the order's lines when requested."""

    id: str
    order_id: int
    items: list[ReturnLine]
    created_at: datetime
    reason: str | None = None
    status: ReturnStatus = ReturnStatus.REQUESTED
    received_at: datetime | None = None

    @classmethod
    def request(
        cls, order: Order, lines: list[ReturnLine], *, id: str, reason: str | None, now: datetime
    ) -> Return:
        """Raises: EmptyReturn; and as `Order.take_back`."""
        if not lines:
            raise EmptyReturn("a return needs at least one line")
        quantities = _quantities(lines)
        order.take_back(quantities)
        order.note(ReturnRequested(return_id=id, items=quantities, reason=reason), now)
        return cls(id=id, order_id=order.id, items=list(lines), created_at=now, reason=reason)

    @property
    def restocked(self) -> tuple[LineQuantity, ...]:
        return _quantities([line for line in self.items if line.restock])

    def receive(self, order: Order, now: datetime) -> None:
        """Raises: ReturnAlreadyReceived."""
        if self.status is not ReturnStatus.REQUESTED:
            raise ReturnAlreadyReceived("the return has been received")
        self.status = ReturnStatus.RECEIVED
        self.received_at = now
        order.note(ReturnReceived(return_id=self.id, restocked=self.restocked), now)

    def refund(self, order: Order, refund_id: str, now: datetime) -> None:
        """Raises: ReturnNotReceived: still on its way, or refunded before."""
        if self.status is not ReturnStatus.RECEIVED:
            raise ReturnNotReceived(f"the return is {self.status}, not received")
        self.status = ReturnStatus.REFUNDED
        order.note(ReturnRefunded(return_id=self.id, refund_id=refund_id), now)


def _quantities(lines: list[ReturnLine]) -> tuple[LineQuantity, ...]:
    return tuple(LineQuantity(item_id=line.item_id, quantity=line.quantity) for line in lines)
