from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from orderwright.domain.entities.payment_operation import OPEN_STATES, OperationState
from orderwright.domain.errors import NotFound
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money


class RefundNotFound(NotFound):
    code = "refund_not_found"


class RefundStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


def refund_status_of(state: OperationState) -> RefundStatus:
    """The status of a refund, from the state of the operation that carries it out."""
    if state in OPEN_STATES:
        return RefundStatus.PENDING
    done = state is OperationState.SUCCEEDED
    return RefundStatus.SUCCEEDED if done else RefundStatus.FAILED


@dataclass(kw_only=True, eq=False)
class RefundLine:
    item_id: int
    quantity: int


@dataclass(kw_only=True, eq=False)
class Refund:
    """Money given back against one captured payment; its operation in the journal carries it out.

    `items` are the units it is for, if it is for any; until it fails, no other refund is for them.
    """

    id: str
    order_id: int
    payment_id: str
    operation_id: str
    amount: Money
    currency: Currency
    created_at: datetime
    reason: str | None = None
    return_id: str | None = None
    restock: bool = False
    items: list[RefundLine] = field(default_factory=list)
    status: RefundStatus = RefundStatus.PENDING

    @property
    def units(self) -> tuple[LineQuantity, ...]:
        return tuple(
            LineQuantity(item_id=line.item_id, quantity=line.quantity) for line in self.items
        )
