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
from orderwright.domain.entities.refund import Refund, RefundStatus, refund_status_of
from orderwright.domain.events.event import Event
from orderwright.domain.events.payment import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentFailed,
    PaymentNeedsAttention,
    PaymentUnknown,
    PaymentVoided,
    RefundFailed,
    RefundSucceeded,
)
from orderwright.domain.interfaces.payment_gateway import Outcome


def record_outcome(
    order: Order,
    payment: Payment,
    operation_id: str,
    outcome: Outcome,
    *,
    refunds: Sequence[Refund],
    now: datetime,
    again_at: datetime | None = None,
    is_forgotten: bool = False,
    can_ask_on: bool = False,
) -> None:
    """Write down once what became of an operation: in the journal, on its refund, on the timeline.

    An operation that another process has finished in the meantime stays as it is. One that is still
    open is to be asked for `again_at`; where the gateway may have forgotten it, a person has to look
    as well, or only a person if the gateway cannot be asked without telling it to do it again.
    """
    operation = next(each for each in payment.operations if each.id == operation_id)
    before = (operation.state, operation.attention_at)
    payment.apply(operation, outcome, now, again_at=again_at)
    if operation.is_open and is_forgotten:
        operation.need_attention(now, ask_on=again_at if can_ask_on else None)
        payment.recount(now)
    if (operation.state, operation.attention_at) == before:
        return
    refund = next((each for each in refunds if each.operation_id == operation_id), None)
    if refund is not None:
        refund.status = refund_status_of(operation.state)
        if refund.status is RefundStatus.FAILED:
            others = [each for each in refunds if each.status is not RefundStatus.FAILED]
            order.keep_paid(refund.units, [line for each in others for line in each.units])
    event = _event_of(payment, operation, refund)
    if event is not None:
        order.note(event, now)
    if operation.is_refused_return and (order.is_cancelling or order.is_cancelled):
        operation.attention_at = now  # or nobody would know that the order waits for somebody
        order.note(_needs_attention(payment, operation), now)


SUCCESS_EVENTS = {
    OperationKind.CHARGE: PaymentCaptured,
    OperationKind.CAPTURE: PaymentCaptured,
    OperationKind.AUTHORISE: PaymentAuthorised,
    OperationKind.VOID: PaymentVoided,
}


def _event_of(payment: Payment, operation: PaymentOperation, refund: Refund | None) -> Event | None:
    amount, kind = operation.amount, str(operation.kind)
    if operation.attention_at is not None:
        return _needs_attention(payment, operation)
    if operation.state is OperationState.UNKNOWN:
        return PaymentUnknown(payment_id=payment.id, amount=amount, operation=kind)
    if operation.is_open:
        return None  # it was not executed, so nothing has happened
    if refund is not None:
        return _refund_event(payment, refund, operation)
    if operation.state is OperationState.FAILED:
        return PaymentFailed(
            payment_id=payment.id, amount=amount, operation=kind, error_code=operation.error_code
        )
    return SUCCESS_EVENTS[operation.kind](payment_id=payment.id, amount=amount)


def _needs_attention(payment: Payment, operation: PaymentOperation) -> Event:
    return PaymentNeedsAttention(
        payment_id=payment.id, amount=operation.amount, operation=str(operation.kind)
    )


def _refund_event(payment: Payment, refund: Refund, operation: PaymentOperation) -> Event:
    if operation.state is OperationState.SUCCEEDED:
        return RefundSucceeded(payment_id=payment.id, amount=refund.amount, refund_id=refund.id)
    return RefundFailed(
        payment_id=payment.id,
        amount=refund.amount,
        refund_id=refund.id,
        error_code=operation.error_code,
    )
