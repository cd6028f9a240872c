from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.application.services.asking_payments import ask_of_payment, payment_to_ask
from orderwright.application.services.settlement import Settle
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.events.payment import CaptureRequested
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.money import InvalidAmount, Money
from orderwright.domain.value_objects.permission import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturePayment:
    """`amount` is a decimal in the order's currency; without it, all that is left."""

    order_id: int
    payment_id: str
    amount: str | None = None


async def capture_payment(
    command: CapturePayment, uow: UnitOfWork, *, settle: Settle, now: datetime, ids: Ids
) -> Payment:
    """Take money that was authorised; in parts, until nothing is left.

    An operation still open in the payment given back has no answer of the gateway yet; settlement
    goes on asking.

    Raises:
        PermissionDenied: the actor may not move money.
        OrderNotFound, PaymentNotFound, InvalidAmount.
        CancellationInProgress, PaymentInProgress, PaymentNotCapturable, CaptureExceedsAuthorised.
    """
    uow.context.actor.require(Permission.PAYMENTS_WRITE)
    async with uow:
        if uow.resumes is None:
            await _plan(command, uow, ids, now)
        await uow.checkpoint(command.payment_id)
    await settle(command.order_id, uow.context)
    async with uow:
        return await uow.commit(await uow.payments.get_by_id(command.payment_id))


async def _plan(command: CapturePayment, uow: UnitOfWork, ids: Ids, now: datetime) -> None:
    order, payment = await payment_to_ask(command.order_id, command.payment_id, uow)
    payment.check_capturable()
    amount = _amount(command.amount, payment)
    requested = CaptureRequested(payment_id=payment.id, amount=amount)
    await ask_of_payment(
        order, payment, OperationKind.CAPTURE, amount, requested, uow=uow, ids=ids, now=now
    )


def _amount(wanted: str | None, payment: Payment) -> Money:
    if wanted is None:
        return payment.uncaptured
    amount = Money.parse(wanted, payment.currency)
    if amount.minor <= 0:
        raise InvalidAmount("a capture is more than nothing")
    return amount
