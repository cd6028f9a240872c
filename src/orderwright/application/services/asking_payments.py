"""What capturing and voiding have in common: whose payment it is, and the plan written down."""

from __future__ import annotations

from datetime import datetime

from orderwright.application.commands.settle_order import settling_task
from orderwright.domain.entities.order import CancellationInProgress, Order
from orderwright.domain.entities.payment import Payment, PaymentNotFound
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.events.payment import PaymentEvent
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.money import Money


async def payment_to_ask(order_id: int, payment_id: str, uow: UnitOfWork) -> tuple[Order, Payment]:
    """The order, locked, and its payment.

    Raises:
        OrderNotFound, PaymentNotFound, CancellationInProgress.
    """
    order = await uow.orders.get_by_id(order_id)
    await uow.context.precondition.check(order, uow)
    payments = {each.id: each for each in await uow.payments.of_order(order.id)}
    if payment_id not in payments:
        raise PaymentNotFound("the order has no such payment")
    if order.is_cancelling:
        raise CancellationInProgress("the order is being cancelled; its money is on its way back")
    return order, payments[payment_id]


async def ask_of_payment(
    order: Order,
    payment: Payment,
    kind: OperationKind,
    amount: Money,
    requested: PaymentEvent,
    *,
    uow: UnitOfWork,
    ids: Ids,
    now: datetime,
) -> None:
    """Journal an operation and promise to carry it out.

    Raises:
        CaptureExceedsAuthorised.
    """
    payment.plan(kind, amount, id=ids.new_id(), now=now)
    order.note(requested, now)
    await uow.tasks.enqueue(settling_task(order, uow, ids, now))
