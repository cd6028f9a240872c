from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.application.services.asking_payments import ask_of_payment, payment_to_ask
from orderwright.application.services.settlement import Settle
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.events.payment import VoidRequested
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.permission import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidPayment:
    order_id: int
    payment_id: str


async def void_payment(
    command: VoidPayment, uow: UnitOfWork, *, settle: Settle, now: datetime, ids: Ids
) -> Payment:
    """Let go what was authorised and never captured. The order stays as it is, and owed.

    Raises:
        PermissionDenied: the actor may not move money.
        OrderNotFound, PaymentNotFound.
        CancellationInProgress, PaymentInProgress, PaymentNotVoidable.
    """
    uow.context.actor.require(Permission.PAYMENTS_WRITE)
    async with uow:
        if uow.resumes is None:
            await _plan(command, uow, ids, now)
        await uow.checkpoint(command.payment_id)
    await settle(command.order_id, uow.context)
    async with uow:
        return await uow.commit(await uow.payments.get_by_id(command.payment_id))


async def _plan(command: VoidPayment, uow: UnitOfWork, ids: Ids, now: datetime) -> None:
    order, payment = await payment_to_ask(command.order_id, command.payment_id, uow)
    payment.check_voidable()
    amount = payment.uncaptured
    requested = VoidRequested(payment_id=payment.id, amount=amount)
    await ask_of_payment(
        order, payment, OperationKind.VOID, amount, requested, uow=uow, ids=ids, now=now
    )
