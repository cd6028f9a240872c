"""A person says what became of a payment operation that the gateway may no longer know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwright.application.services.asking import Sent, call_of
from orderwright.application.services.settlement import Result
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import OperationState, PaymentOperation
from orderwright.domain.errors import Conflict, NotFound
from orderwright.domain.events.payment import PaymentResolved
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.permission import Permission

Hear = Callable[[int, Sequence[Result], RequestContext], Awaitable[None]]
BY_HAND: Final = "resolved_by_hand"  # the error code of what a person said did not happen


class OperationNotFound(NotFound):
    code = "operation_not_found"


class OperationNeedsNobody(Conflict):
    """It has its outcome, or the gateway is still being asked."""

    code = "operation_needs_nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveOperation:
    """`succeeded`: as the provider's own records show. `provider_payment_id`: theirs, if there is one."""

    operation_id: str
    succeeded: bool
    reason: str
    provider_payment_id: str | None = None


async def resolve_operation(
    command: ResolveOperation, uow: UnitOfWork, *, hear: Hear, now: datetime
) -> Payment:
    """Take the person's word for the gateway's, and go on from there; who said so is on the timeline.
    Of one that has its outcome, such as one that the gateway did though nobody had asked, it is only
    noted that a person has looked.

    Raises:
        PermissionDenied: the actor may not move money.
        OperationNotFound, OperationNeedsNobody.
    """
    uow.context.actor.require(Permission.PAYMENTS_WRITE)
    async with uow:
        payment = await _payment_of(command, uow)
        if uow.resumes is None:
            await _note(command, payment, uow, now)
        await uow.checkpoint(payment.id)
        operation = _operation_of(command, payment)
        result = (
            Sent(call_of(operation, payment), payment.id, operation.sends),
            _outcome(command, operation),
        )
    await hear(payment.order_id, [result], uow.context)
    async with uow:
        return await uow.commit(await uow.payments.get_by_id(payment.id))


async def _payment_of(command: ResolveOperation, uow: UnitOfWork) -> Payment:
    payment = await uow.payments.find_by_operation(command.operation_id)
    if payment is None:
        raise OperationNotFound("no payment operation has this id")
    return payment


async def _note(
    command: ResolveOperation, payment: Payment, uow: UnitOfWork, now: datetime
) -> None:
    order = await uow.orders.get_by_id(payment.order_id)
    locked = await uow.payments.get_by_id(payment.id)
    operation = _operation_of(command, locked)
    if operation.attention_at is None:
        raise OperationNeedsNobody("nobody needs to look at this operation")
    succeeded = command.succeeded
    if not operation.is_open:
        operation.attention_at = None  # what became of it is known; now it has been looked at
        succeeded = operation.state is OperationState.SUCCEEDED
    order.note(
        PaymentResolved(
            payment_id=payment.id,
            amount=operation.amount,
            operation=str(operation.kind),
            succeeded=succeeded,
            reason=command.reason,
        ),
        now,
    )


def _operation_of(command: ResolveOperation, payment: Payment) -> PaymentOperation:
    return next(each for each in payment.operations if each.id == command.operation_id)


def _outcome(command: ResolveOperation, operation: PaymentOperation) -> Outcome:
    if command.succeeded:
        # Of one that has its payment, another one that a person names is none that the gateway made.
        named = command.provider_payment_id if operation.is_open else None
        return Outcome(kind=OutcomeKind.SUCCEEDED, provider_payment_id=named)
    return Outcome(kind=OutcomeKind.DECLINED, error_code=BY_HAND)
