from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orderwright.domain.entities.order import Order, distinct
from orderwright.domain.entities.order_parts import InvalidQuantity, LineNotFound
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


class ReturnExceedsRequested(Conflict):
    code = "return_exceeds_requested"


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

    def take_as(self, came: ReceivedLine) -> None:
        self.quantity = came.quantity
        self.restock = self.restock if came.restock is None else came.restock


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedLine:
    """What came of a line. `restock`: other than was requested, where it says so."""

    item_id: int
    quantity: int
    restock: bool | None = None


@dataclass(kw_only=True, eq=False)
class Return:
    """Goods that come back (RMA). Quantities count against the order's lines when requested; once
    it is received, `items` are what came."""

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
    def units(self) -> tuple[LineQuantity, ...]:
        return _quantities(self.items)

    @property
    def restocked(self) -> tuple[LineQuantity, ...]:
        return _quantities([line for line in self.items if line.restock])

    def receive(
        self,
        order: Order,
        now: datetime,
        *,
        came: Sequence[ReceivedLine] | None = None,
        reason: str | None = None,
    ) -> None:
        """All of it, or only what `came`: the rest stays with the customer and may still come back
        by another return.

        Raises:
            ReturnAlreadyReceived.
            EmptyReturn, LineNotFound, DuplicateLine, InvalidQuantity: `came` makes no sense.
            ReturnExceedsRequested: more came than was agreed.
        """
        if self.status is not ReturnStatus.REQUESTED:
            raise ReturnAlreadyReceived("the return has been received")
        if came is not None:
            order.keep(self._reduce_to(came))
        self.status = ReturnStatus.RECEIVED
        self.received_at = now
        order.note(
            ReturnReceived(
                return_id=self.id,
                items=_quantities(self.items),
                restocked=self.restocked,
                reason=reason,
            ),
            now,
        )

    def _reduce_to(self, came: Sequence[ReceivedLine]) -> tuple[LineQuantity, ...]:
        """What did not come."""
        if not came:
            raise EmptyReturn("nothing came, so there is nothing to receive")
        lines = {line.item_id: line for line in self.items}
        for named in distinct(_quantities(came)):
            _check_came(named, lines.get(named.item_id))
        missing = {line.item_id: line.quantity for line in self.items}
        self.items = [lines[item_id] for item_id in sorted({each.item_id for each in came})]
        for each in came:
            missing[each.item_id] -= each.quantity
            lines[each.item_id].take_as(each)
        return tuple(
            LineQuantity(item_id=item_id, quantity=quantity)
            for item_id, quantity in missing.items()
            if quantity
        )

    def refund(self, order: Order, refund_id: str, now: datetime) -> None:
        """Raises: ReturnNotReceived: still on its way, or refunded before."""
        if self.status is not ReturnStatus.RECEIVED:
            raise ReturnNotReceived(f"the return is {self.status}, not received")
        self.status = ReturnStatus.REFUNDED
        order.note(ReturnRefunded(return_id=self.id, refund_id=refund_id), now)


def _check_came(came: LineQuantity, requested: ReturnLine | None) -> None:
    if requested is None:
        raise LineNotFound(f"the return has no line {came.item_id}")
    if came.quantity < 1:
        raise InvalidQuantity("of a line that came, at least one unit did")
    if came.quantity > requested.quantity:
        raise ReturnExceedsRequested(
            f"of line {came.item_id}, {requested.quantity} were to come back"
        )


def _quantities(lines: Sequence[ReturnLine | ReceivedLine]) -> tuple[LineQuantity, ...]:
    return tuple(LineQuantity(item_id=line.item_id, quantity=line.quantity) for line in lines)
