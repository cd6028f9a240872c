from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from orderwright.domain.entities.payment_ledger import ledger_of
from orderwright.domain.entities.payment_operation import (
    BEGINS,
    GIVES_BACK,
    TAKES_MONEY,
    OperationKind,
    OperationState,
    PaymentOperation,
)
from orderwright.domain.entities.payment_status import PaymentState
from orderwright.domain.errors import Conflict, InProgress, NotFound
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind, Surplus
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money

NOT_SENT: Final = "not_sent"  # the error code of what was given up before the gateway heard of it


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


@dataclass(kw_only=True, eq=False)
class Payment:
    """One attempt to take an order's money. Always `authorised >= captured >= refunded + refunding`.

    The sums and the status are counted from the journal, whenever an operation is planned or ends.
    """

    id: str
    order_id: int
    provider: str
    amount: Money
    authorised: Money
    captured: Money
    refunded: Money
    refunding: Money
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
            refunding=zero,
            currency=amount.currency,
            created_at=now,
            updated_at=now,
            token=token,
        )

    @classmethod
    def made_twice(
        cls, of: Payment, kind: OperationKind, surplus: Surplus, *, ids: Ids, now: datetime
    ) -> Payment:
        """What the gateway took once more than it was asked to: a payment of its own, so that it can
        be given back. A person is to look at it, whatever becomes of the money."""
        payment = cls.attempt(
            id=ids.new_id(),
            order_id=of.order_id,
            provider=of.provider,
            amount=surplus.amount,
            token=None,
            now=now,
        )
        payment.provider_payment_id = surplus.provider_payment_id
        operation = payment.plan(kind, surplus.amount, id=ids.new_id(), now=now)
        operation.first_sent_at = now
        operation.finish(OperationState.SUCCEEDED, now)
        operation.attention_at = now
        payment.recount(now)
        return payment

    @property
    def open_operations(self) -> list[PaymentOperation]:
        return [operation for operation in self.operations if operation.is_open]

    @property
    def refundable(self) -> Money:
        """Captured and neither given back nor on its way back."""
        return self.captured - self.refunded - self.refunding

    @property
    def uncaptured(self) -> Money:
        """Authorised, and neither captured nor let go."""
        return self.authorised - self.captured

    @property
    def money_back_refused(self) -> bool:
        return any(each.is_refused_return for each in self.operations)

    @property
    def holds_since(self) -> datetime | None:
        """When it came to hold money; None: never."""
        begun = [
            each.finished_at
            for each in self.operations
            if each.kind in BEGINS and each.state is OperationState.SUCCEEDED and each.finished_at
        ]
        return min(begun, default=None)

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
        if kind in GIVES_BACK:
            self._have_refusals_seen()
        operation = PaymentOperation(
            id=id,
            payment_id=self.id,
            kind=kind,
            amount=amount,
            currency=amount.currency,
            planned_at=now,
            due_at=now,
        )
        self.operations.append(operation)
        self.recount(now)
        return operation

    def _have_refusals_seen(self) -> None:
        """Whoever asks the gateway once more has seen that it refused before."""
        for operation in self.operations:
            if operation.is_refused_return:
                operation.attention_at = None

    def apply(
        self,
        operation: PaymentOperation,
        outcome: Outcome,
        now: datetime,
        *,
        again_at: datetime | None = None,
    ) -> None:
        """Write down what the gateway said of `operation` and recount.

        A finished one stays as it is, but for one that had failed as far as anybody knew, and took
        the money all the same. An open one is to be asked for `again_at`.
        """
        if not operation.is_open and not _came_late(operation, outcome):
            return
        if outcome.provider_payment_id is not None:
            self.provider_payment_id = outcome.provider_payment_id
        match outcome.kind:
            case OutcomeKind.NOT_EXECUTED:
                operation.not_executed(again_at or now)
            case OutcomeKind.UNKNOWN:
                operation.remain_unknown(again_at or now)
            case OutcomeKind.DECLINED:
                operation.finish(OperationState.FAILED, now, outcome.error_code)
            case OutcomeKind.SUCCEEDED:
                operation.finish(OperationState.SUCCEEDED, now)
        self.recount(now)

    def failed_beginning(self, operation_id: str | None) -> PaymentOperation | None:
        """The operation, if it failed as far as anybody knows and might have taken money all the
        same."""
        for operation in self.operations:
            if operation.id == operation_id and _may_come_late(operation):
                return operation
        return None

    def drop_unsent(self, now: datetime) -> None:
        """Forget plans to take money that the gateway has certainly not heard of."""
        for operation in self.open_operations:
            if operation.is_unsent and operation.kind in TAKES_MONEY:
                operation.finish(OperationState.FAILED, now, NOT_SENT)
        self.recount(now)

    def recount(self, now: datetime) -> None:
        ledger = ledger_of(self.operations)
        self.authorised = Money(ledger.authorised, self.currency)
        self.captured = Money(ledger.captured, self.currency)
        self.refunded = Money(ledger.refunded, self.currency)
        self.refunding = Money(ledger.refunding, self.currency)
        self.status = ledger.state
        self.updated_at = now


def _may_come_late(operation: PaymentOperation) -> bool:
    return operation.state is OperationState.FAILED and operation.kind in BEGINS


def _came_late(operation: PaymentOperation, outcome: Outcome) -> bool:
    return _may_come_late(operation) and outcome.kind is OutcomeKind.SUCCEEDED
