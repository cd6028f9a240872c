"""Validate inventory, take the payment, confirm: each a step that is written down, so that the whole
may run twice, side by side, and go on after a crash at any point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwright.application.services.settlement import Settle
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_lifecycle import OrderAct, OrderStatus
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_ledger import payment_status_of
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.entities.stock import InventoryMissing
from orderwright.domain.entities.task import Task, TaskState
from orderwright.domain.events.payment import PaymentRequested
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork

PROCESS_ORDER: Final = "process_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestProcessing:
    order_id: int
    payment_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessOrder:
    """`payments_before`: how many payments the order had when it was asked for. What came since is
    what was asked for: if it has failed, there is to be no other until somebody asks again."""

    order_id: int
    provider: str
    payment_token: str | None = None
    capture: bool = True  # or else only authorise
    payments_before: int | None = None


async def request_processing(
    command: RequestProcessing, uow: UnitOfWork, *, now: datetime, ids: Ids
) -> Task:
    """Promise to process the order; while one promise is open, asking again gives the same task.

    Raises:
        OrderNotFound, IllegalTransition, CancellationInProgress.
    """
    async with uow:
        order = await uow.orders.get_by_id(command.order_id)
        await uow.context.precondition.check(order, uow)
        order.check(OrderAct.CONFIRM)
        promise = processing_task(
            order.id,
            command.payment_token,
            payments_before=await payments_of(order.id, uow),
            correlation_id=uow.context.correlation_id,
            ids=ids,
            now=now,
        )
        task = await uow.tasks.enqueue(promise)
        if task.id != promise.id and order.payment_status is PaymentStatus.FAILED:
            await _ask_anew(task.id, promise, uow)
        return await uow.commit(task)


async def _ask_anew(task_id: str, promise: Task, uow: UnitOfWork) -> None:
    """A task that waits to hear of a payment, of which it turned out meanwhile that it has failed,
    is to make another one, with what it is now asked to pay with."""
    task = await uow.tasks.get_by_id(task_id)
    if task.state is TaskState.QUEUED:
        task.payload = promise.payload
        task.due_at = promise.due_at
        task.attempts = 0
        await uow.tasks.requeue(task)


async def payments_of(order_id: int, uow: UnitOfWork) -> int:
    """How often it was tried to take the order's money: it tells before from after whatever the
    clocks say of those who ask and of those who pay."""
    return len(await uow.payments.of_order(order_id))


async def process_order(
    command: ProcessOrder, uow: UnitOfWork, *, settle: Settle, now: datetime, ids: Ids
) -> Order:
    """Do it. An order that is no longer pending is left as it is.

    Raises:
        OrderNotFound.
    """
    await uow.reached("process.after_claim")
    async with uow:
        order = await uow.orders.get_by_id(command.order_id)
        if order.status is OrderStatus.PENDING and not order.is_cancelling:
            await _plan_payment(order, command, uow, ids, now)
        await uow.commit()
    await settle(command.order_id, uow.context)
    async with uow:
        return await uow.orders.get_by_id(command.order_id)


def processing_task(
    order_id: int,
    payment_token: str | None,
    *,
    payments_before: int,
    correlation_id: str | None,
    ids: Ids,
    now: datetime,
) -> Task:
    return Task(
        id=ids.new_id(),
        name=PROCESS_ORDER,
        payload={
            "order_id": order_id,
            "payment_token": payment_token,
            "payments_before": payments_before,
        },
        dedupe_key=f"{PROCESS_ORDER}:{order_id}",
        order_id=order_id,
        correlation_id=correlation_id,
        created_at=now,
        due_at=now,
    )


async def _plan_payment(
    order: Order, command: ProcessOrder, uow: UnitOfWork, ids: Ids, now: datetime
) -> None:
    payments = await uow.payments.of_order(order.id)
    if any(payment.is_live for payment in payments) or _is_done(command, payments):
        return  # an earlier run got this far
    units = await _validated_units(order, uow)
    order.validate_inventory(units, now)
    if order.total:
        charge = _charge(order, command, ids, now)
        await uow.payments.add(charge)
        order.payment_status = payment_status_of(order.total, [*payments, charge])


def _is_done(command: ProcessOrder, payments: Sequence[Payment]) -> bool:
    return command.payments_before is not None and len(payments) > command.payments_before


async def _validated_units(order: Order, uow: UnitOfWork) -> int:
    """How many units are reserved for the order: as many as its tracked lines need."""
    held = sum(each.quantity for each in await uow.stock.reservations_of(order.id))
    needed = sum(item.quantity for item in order.items if item.track_inventory)
    if held != needed:
        raise InventoryMissing(f"order {order.id} holds {held} of {needed} units")
    return held


def _charge(order: Order, command: ProcessOrder, ids: Ids, now: datetime) -> Payment:
    payment = Payment.attempt(
        id=ids.new_id(),
        order_id=order.id,
        provider=command.provider,
        amount=order.total,
        token=command.payment_token,
        now=now,
    )
    kind = OperationKind.CHARGE if command.capture else OperationKind.AUTHORISE
    payment.plan(kind, order.total, id=ids.new_id(), now=now)
    requested = PaymentRequested(
        payment_id=payment.id, amount=order.total, provider=command.provider
    )
    order.note(requested, now)
    return payment
