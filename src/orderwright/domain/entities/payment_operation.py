from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money


class OperationKind(StrEnum):
    CHARGE = "charge"  # authorise and capture at once
    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class OperationState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


OPEN_STATES: Final = frozenset(
    {OperationState.PLANNED, OperationState.SENT, OperationState.UNKNOWN}
)


@dataclass(kw_only=True, eq=False)
class PaymentOperation:
    """One row of the journal, committed before the gateway hears of it.

    `id` is the gateway's idempotency key and reference: the same over every retry. `sends` counts
    the calls that may have reached the gateway.
    """

    id: str
    payment_id: str
    kind: OperationKind
    amount: Money
    currency: Currency
    planned_at: datetime
    state: OperationState = OperationState.PLANNED
    sends: int = 0
    sent_at: datetime | None = None
    finished_at: datetime | None = None
    error_code: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def mark_sent(self, now: datetime) -> None:
        self.state = OperationState.SENT
        self.sends += 1
        self.sent_at = now

    def finish(self, state: OperationState, now: datetime, error_code: str | None = None) -> None:
        self.state = state
        self.error_code = error_code
        self.finished_at = None if self.is_open else now
        if state is OperationState.PLANNED:
            self.sends = 0
