from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money

# Longer than `PAYMENT_TIMEOUT_SECONDS` lets a call to a gateway last (25 s at the most), with room to
# write down what it said: whoever sent an operation that is still open by then is gone.
IN_FLIGHT: Final = timedelta(seconds=30)


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
BEGINS: Final = frozenset({OperationKind.CHARGE, OperationKind.AUTHORISE})
TAKES_MONEY: Final = BEGINS | {OperationKind.CAPTURE}
GIVES_BACK: Final = frozenset({OperationKind.VOID, OperationKind.REFUND})


@dataclass(kw_only=True, eq=False)
class PaymentOperation:
    """One row of the journal, committed before the gateway hears of it.

    `id` is the gateway's idempotency key and reference: the same over every retry. `sends` counts
    how often the gateway was asked. `first_sent_at` is since when it may have been executed, so
    None while it certainly was not. An open one has `due_at`, when it is to be asked for (again), or
    `attention_at`, since when a person has to look at it; or both, where asking on does no harm. One
    that is finished has it if the gateway did it though nobody had asked for it, or if it refused to
    give back what is held for an order that is cancelled or to be.
    """

    id: str
    payment_id: str
    kind: OperationKind
    amount: Money
    currency: Currency
    planned_at: datetime
    due_at: datetime | None
    state: OperationState = OperationState.PLANNED
    sends: int = 0
    first_sent_at: datetime | None = None
    sent_at: datetime | None = None
    finished_at: datetime | None = None
    attention_at: datetime | None = None
    error_code: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_refused_return(self) -> bool:
        """The gateway was to give money back, and did not want to."""
        return self.state is OperationState.FAILED and self.kind in GIVES_BACK

    @property
    def is_unsent(self) -> bool:
        """It was certainly not executed."""
        return self.state is OperationState.PLANNED

    def mark_sent(self, now: datetime) -> None:
        if self.state is OperationState.PLANNED:
            self.state = OperationState.SENT
        self.sends += 1
        self.first_sent_at = self.first_sent_at or now
        self.sent_at = now
        self.due_at = now + IN_FLIGHT

    def not_executed(self, again_at: datetime) -> None:
        """That the last call did nothing says nothing of an earlier one that got no answer."""
        if self.state is OperationState.SENT and self.first_sent_at == self.sent_at:
            self.state = OperationState.PLANNED
            self.first_sent_at = None
        else:
            self.state = OperationState.UNKNOWN
        self.due_at = again_at

    def remain_unknown(self, again_at: datetime) -> None:
        self.state = OperationState.UNKNOWN
        self.due_at = again_at

    def need_attention(self, now: datetime, *, ask_on: datetime | None) -> None:
        self.state = OperationState.UNKNOWN
        self.attention_at = self.attention_at or now
        self.due_at = ask_on

    def finish(self, state: OperationState, now: datetime, error_code: str | None = None) -> None:
        self.state = state
        self.error_code = error_code
        self.finished_at = now
        self.due_at = None
        self.attention_at = None
