from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from orderwright.domain.events.order import LineQuantity
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money


class RefundStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(kw_only=True, eq=False)
class Refund:
    """Money given back against one captured payment; its operation in the journal carries it out."""

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
    items: list[LineQuantity] = field(default_factory=list)
    status: RefundStatus = RefundStatus.PENDING
