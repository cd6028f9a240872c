from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from orderwright.domain.entities.payment_operation import (
    OperationKind,
    OperationState,
    PaymentOperation,
)
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.errors import Conflict, InProgress, NotFound
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money


class PaymentNotFound(NotFound):
    code = "payment_not_found"


class RefundExceedsCaptured(Conflict):
    code = "refund_exceeds_captured"


class CaptureExceedsAuthorised(Conflict):
    code = "capture_exceeds_authorised"


class PaymentNotCapturable(Conflict):
    code = "payment_not_capturable"


class PaymentNotVoidable(Conflict):
    code = "payment_not_voidable"


class PaymentInProgress(InProgress):
    """The gateway has not answered yet: what the payment holds is not known."""

    code = "payment_in_progress"


class PaymentState(StrEnum):
    PENDING = "pending"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(kw_only=True, eq=False)
class Payment:
    """One attempt to take an order's money. Always `authorised >= captured >= refunded >= 0`.

    The sums and the status change only when an operation of the journal finishes.
    """

    id: str
    order_id: int
    provider: str
    amount: Money
    authorised: Money
    captured: Money
    refunded: Money
    currency: Currency
    created_at: datetime
    updated_at: datetime
    status: PaymentState = PaymentState.PENDING
    token: str | None = None
    provider_payment_id: str | None = None
    operations: list[PaymentOperation] = field(default_factory=list)

    @classmethod
    def attempt(
        cls,
        *,
        id: str,
        order_id: int,
        provider: str,
        amount: Money,
        token: str | None,
        now: datetime,
    ) -> Payment:
        zero = Money.zero(amount.currency)
        return cls(
            id=id,
            order_id=order_id,
            provider=provider,
            amount=amount,
            authorised=zero,
            captured=zero,
            refunded=zero,
            currency=amount.currency,
            created_at=now,
            updated_at=now,
            token=token,
        )

    @property
    def open_operations(self) -> list[PaymentOperation]:
        return [operation for operation in self.operations if operation.is_open]

    @property
    def refundable(self) -> Money:
        """Captured and neither given back nor on its way back."""
        left = self.captured - self.refunded
        for operation in self.open_operations:
            if operation.kind is OperationKind.REFUND:
                left = left - operation.amount
        return left

    @property
    def uncaptured(self) -> Money:
        """Authorised, and neither captured nor let go."""
        return self.authorised - self.captured

    @property
    def money_back_refused(self) -> bool:
        return any(
            each.kind in (OperationKind.REFUND, OperationKind.VOID)
            and each.state is OperationState.FAILED
            for each in self.operations
        )

    @property
    def is_live(self) -> bool:
        """It holds money, or may come to hold it."""
        return self.authorised > self.refunded or bool(self.open_operations)

    def check_capturable(self) -> None:
        """Raises: PaymentInProgress, PaymentNotCapturable."""
        self._check_at_rest()
        if not self.uncaptured:
            raise PaymentNotCapturable(
                f"nothing of the {self.status} payment is left to capture",
                current_status=str(self.status),
            )

    def check_voidable(self) -> None:
        """Raises: PaymentInProgress, PaymentNotVoidable."""
        self._check_at_rest()
        if not self.uncaptured:
            raise PaymentNotVoidable(
                f"nothing of the {self.status} payment is left to void",
                current_status=str(self.status),
            )

    def _check_at_rest(self) -> None:
        if self.open_operations:
            raise PaymentInProgress("an operation of the payment is underway")

    def plan(
        self, kind: OperationKind, amount: Money, *, id: str, now: datetime
    ) -> PaymentOperation:
        """Journal what the gateway is to do.

        Raises:
            RefundExceedsCaptured, CaptureExceedsAuthorised: more than is left.
        """
        if kind is OperationKind.REFUND and amount > self.refundable:
            raise RefundExceedsCaptured(f"{self.refundable} can be refunded")
        if kind is OperationKind.CAPTURE and amount > self.uncaptured:
            raise CaptureExceedsAuthorised(f"{self.uncaptured} can be captured")
        operation = PaymentOperation(
            id=id,
            payment_id=self.id,
            kind=kind,
            amount=amount,
            currency=amount.currency,
            planned_at=now,
        )
        self.operations.append(operation)
        return operation

    def apply(self, operation: PaymentOperation, outcome: Outcome, now: datetime) -> None:
        """Finish `operation` as the gateway said and recount; a finished one stays as it is."""
        if not operation.is_open:
            return
        operation.finish(_state_after(operation, outcome), now, outcome.error_code)
        if outcome.provider_payment_id is not None:
            self.provider_payment_id = outcome.provider_payment_id
        if outcome.kind is OutcomeKind.SUCCEEDED:
            self._count(operation)
        self.status = self._status_of_ledger()
        self.updated_at = now

    def _count(self, operation: PaymentOperation) -> None:
        match operation.kind:
            case OperationKind.CHARGE:
                self.authorised = self.authorised + operation.amount
                self.captured = self.captured + operation.amount
            case OperationKind.AUTHORISE:
                self.authorised = self.authorised + operation.amount
            case OperationKind.CAPTURE:
                self.captured = self.captured + operation.amount
            case OperationKind.REFUND:
                self.refunded = self.refunded + operation.amount
            case OperationKind.VOID:
                self.authorised = self.captured  # what was never captured is let go

    def _status_of_ledger(self) -> PaymentState:
        if any(each.state is OperationState.UNKNOWN for each in self.operations):
            return PaymentState.UNKNOWN
        if self.refunded:
            whole = self.refunded == self.captured
            return PaymentState.REFUNDED if whole else PaymentState.PARTIALLY_REFUNDED
        if self.captured:
            return PaymentState.CAPTURED
        if self.authorised:
            return PaymentState.AUTHORISED
        if any(each.is_open for each in self.operations):
            return PaymentState.PENDING
        voided = any(
            each.kind is OperationKind.VOID and each.state is OperationState.SUCCEEDED
            for each in self.operations
        )
        return PaymentState.VOIDED if voided else PaymentState.FAILED


_STATE_AFTER = {
    OutcomeKind.SUCCEEDED: OperationState.SUCCEEDED,
    OutcomeKind.DECLINED: OperationState.FAILED,
    OutcomeKind.UNKNOWN: OperationState.UNKNOWN,
}


def _state_after(operation: PaymentOperation, outcome: Outcome) -> OperationState:
    if outcome.kind is OutcomeKind.NOT_EXECUTED:
        # That this call did nothing says nothing of an earlier one that got no answer.
        return OperationState.PLANNED if operation.sends <= 1 else OperationState.UNKNOWN
    return _STATE_AFTER[outcome.kind]


def payment_status_of(total: Money, payments: Sequence[Payment]) -> PaymentStatus:
    """How an order of `total` stands, from the ledgers of all its payments."""
    zero = Money.zero(total.currency)
    authorised, captured, refunded = zero, zero, zero
    for payment in payments:
        authorised = authorised + payment.authorised
        captured = captured + payment.captured
        refunded = refunded + payment.refunded
    states = {payment.status for payment in payments}
    if PaymentState.UNKNOWN in states:
        return PaymentStatus.UNKNOWN
    if refunded:
        whole = refunded == captured
        return PaymentStatus.REFUNDED if whole else PaymentStatus.PARTIALLY_REFUNDED
    if captured >= total:
        return PaymentStatus.PAID
    if authorised >= total:
        return PaymentStatus.AUTHORISED
    if PaymentState.FAILED in states and PaymentState.PENDING not in states:
        return PaymentStatus.FAILED
    return PaymentStatus.UNPAID
