from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.application.commands.settle_order import settling_task
from orderwright.application.services.money_back import plan_money_back
from orderwright.application.services.progress import advance
from orderwright.application.services.settlement import Settle
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    order_id: int
    reason: str | None = None


async def cancel_order(
    command: CancelOrder, uow: UnitOfWork, *, settle: Settle, now: datetime, ids: Ids
) -> Order:
    """Give everything back: stock, authorisations, captured money.

    The order is cancelled only when the gateway has said so; until then it stays as it is with
    `cancellation_requested_at` set, and settlement goes on after a crash. Where the gateway refused
    to give money back, cancelling once more asks it once more.

    Raises:
        OrderNotFound, IllegalTransition, AlreadyShippedInPart.
    """
    async with uow:
        if uow.resumes is None:
            order = await _request(command, uow, ids, now)
            if order.status is OrderStatus.CANCELLED:
                return await uow.commit(order)
        await uow.checkpoint(str(command.order_id))
    await settle(command.order_id, uow.context)
    async with uow:
        return await uow.commit(await uow.orders.get_by_id(command.order_id))


async def _request(command: CancelOrder, uow: UnitOfWork, ids: Ids, now: datetime) -> Order:
    order = await uow.orders.get_by_id(command.order_id)
    await uow.context.precondition.check(order, uow)
    await begin_cancellation(order, command.reason, uow, ids, now, despite_refusals=True)
    return order


async def begin_cancellation(
    order: Order,
    reason: str | None,
    uow: UnitOfWork,
    ids: Ids,
    now: datetime,
    *,
    despite_refusals: bool,
) -> None:
    """Plan what is to be given back; where there is nothing, the order is cancelled already.

    Raises:
        IllegalTransition, AlreadyShippedInPart.
    """
    order.request_cancellation(reason, now)
    payments = await uow.payments.of_order(order.id)
    await plan_money_back(order, payments, uow, ids, now, despite_refusals=despite_refusals)
    await advance(order, payments, uow, now)
    if order.is_cancelling:
        await uow.tasks.enqueue(settling_task(order, uow, ids, now))
