from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import (
    OperationKind,
    OperationState,
    PaymentOperation,
)
from orderwright.domain.entities.refund import Refund, RefundStatus
from orderwright.domain.events.event import Event
from orderwright.domain.events.payment import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentFailed,
    PaymentUnknown,
    PaymentVoided,
    RefundFailed,
    RefundSucceeded,
)
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind


def record_outcome(
    order: Order,
    payment: Payment,
    operation_id: str,
    outcome: Outcome,
    *,
    refunds: Sequence[Refund],
    now: datetime,
) -> None:
    """Write down once what became of an operation: in the journal, on its refund, on the timeline.

    An operation that another process has finished in the meantime stays as it is.
    """
    operation = next(each for each in payment.operations if each.id == operation_id)
    if not operation.is_open:
        return
    payment.apply(operation, outcome, now)
    if operation.state is OperationState.PLANNED:
        return
    refund = next((each for each in refunds if each.operation_id == operation_id), None)
    if refund is not None:
        refund.status = _REFUND_STATUS[outcome.kind]
    order.note(_event_of(payment, operation, outcome, refund), now)


_REFUND_STATUS = {
    OutcomeKind.SUCCEEDED: RefundStatus.SUCCEEDED,
    OutcomeKind.DECLINED: RefundStatus.FAILED,
    OutcomeKind.UNKNOWN: RefundStatus.PENDING,
    OutcomeKind.NOT_EXECUTED: RefundStatus.PENDING,
}

_SUCCESS_EVENTS = {
    OperationKind.CHARGE: PaymentCaptured,
    OperationKind.CAPTURE: PaymentCaptured,
    OperationKind.AUTHORISE: PaymentAuthorised,
    OperationKind.VOID: PaymentVoided,
}


def _event_of(
    payment: Payment, operation: PaymentOperation, outcome: Outcome, refund: Refund | None
) -> Event:
    amount, kind = operation.amount, str(operation.kind)
    if operation.is_open:
        return PaymentUnknown(payment_id=payment.id, amount=amount, operation=kind)
    if refund is not None:
        return _refund_event(payment, refund, outcome)
    if outcome.kind is OutcomeKind.DECLINED:
        return PaymentFailed(
            payment_id=payment.id, amount=amount, operation=kind, error_code=outcome.error_code
        )
    return _SUCCESS_EVENTS[operation.kind](payment_id=payment.id, amount=amount)


def _refund_event(payment: Payment, refund: Refund, outcome: Outcome) -> Event:
    if outcome.kind is OutcomeKind.SUCCEEDED:
        return RefundSucceeded(payment_id=payment.id, amount=refund.amount, refund_id=refund.id)
    return RefundFailed(
        payment_id=payment.id,
        amount=refund.amount,
        refund_id=refund.id,
        error_code=outcome.error_code,
    )
