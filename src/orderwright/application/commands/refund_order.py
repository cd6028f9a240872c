from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwright.application.commands.settle_order import settling_task
from orderwright.application.services import stock_keeping
from orderwright.application.services.money_back import plan_refund
from orderwright.application.services.refund_amount import what_to_refund
from orderwright.application.services.settlement import Settle
from orderwright.domain.entities.order import CancellationInProgress, Order
from orderwright.domain.entities.payment import Payment, RefundExceedsCaptured
from orderwright.domain.entities.refund import Refund
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.money import Money
from orderwright.domain.value_objects.permission import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """By `amount` (a decimal in the order's currency), by `lines`, or for a received return."""

    order_id: int
    amount: str | None = None
    lines: Sequence[LineQuantity] = ()
    return_id: str | None = None
    reason: str | None = None
    restock: bool = False


async def refund_order(
    command: RefundOrder, uow: UnitOfWork, *, settle: Settle, now: datetime, ids: Ids
) -> Refund:
    """Give money back, never more than was captured.

    Raises:
        PermissionDenied: the actor may not move money.
        OrderNotFound, LineNotFound, ReturnNotFound, RefundNeedsAmount, InvalidAmount.
        RefundExceedsCaptured, LineAlreadyRefunded, ReturnExceedsShipped, CancellationInProgress.
        ReturnNotReceived, ReturnRefundUnderway.
    """
    uow.context.actor.require(Permission.PAYMENTS_WRITE)
    async with uow:
        refund_id = uow.resumes or await _plan(command, uow, ids, now)
        await uow.checkpoint(refund_id)
    await settle(command.order_id, uow.context)
    async with uow:
        return await uow.commit(await uow.refunds.get_by_id(refund_id))


async def _plan(command: RefundOrder, uow: UnitOfWork, ids: Ids, now: datetime) -> str:
    order = await uow.orders.get_by_id(command.order_id)
    await uow.context.precondition.check(order, uow)
    if order.is_cancelling:
        raise CancellationInProgress("the order is being cancelled; its money is on its way back")
    wanted = await what_to_refund(
        order, uow, amount=command.amount, lines=command.lines, return_id=command.return_id
    )
    payment = _payment_with(wanted.amount, await uow.payments.of_order(order.id))
    refund = await plan_refund(
        order,
        payment,
        wanted.amount,
        uow,
        ids=ids,
        now=now,
        reason=command.reason,
        items=wanted.units,
        restock=command.restock,
        return_id=command.return_id,
    )
    if command.restock:
        await _restock(order, command.lines, uow, now)
    await uow.tasks.enqueue(settling_task(order, uow, ids, now))
    return refund.id


def _payment_with(amount: Money, payments: Sequence[Payment]) -> Payment:
    """Raises: RefundExceedsCaptured: no payment of the order has that much left."""
    for payment in payments:
        if payment.refundable >= amount:
            return payment
    most = max((payment.refundable for payment in payments), default=Money.zero(amount.currency))
    raise RefundExceedsCaptured(f"{most} can be refunded")


async def _restock(
    order: Order, lines: Sequence[LineQuantity], uow: UnitOfWork, now: datetime
) -> None:
    order.take_back(lines)
    await stock_keeping.restock(order, lines, uow, now)
