from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderwright.domain.entities.payment_operation import OperationKind, OperationState
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationInNeed:
    """A payment operation whose outcome the gateway may no longer know, or with `succeeded` as state,
    one that it carried out though it had been done before. `due_at`: when the service asks again by
    itself; None if only a person can find out."""

    id: str
    order_id: int
    payment_id: str
    provider: str
    provider_payment_id: str | None
    kind: OperationKind
    state: OperationState
    amount: Money
    currency: Currency
    first_sent_at: datetime
    attention_at: datetime
    due_at: datetime | None


class OpenOperationReader(Protocol):
    async def in_need(self, *, skip: int, limit: int) -> Sequence[OperationInNeed]:
        """Longest waiting first."""
        ...
