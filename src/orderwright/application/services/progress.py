from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orderwright.application.services import stock_keeping
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_ledger import payment_status_of
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.entities.refund import RefundStatus
from orderwright.domain.entities.return_ import ReturnStatus
from orderwright.domain.interfaces.unit_of_work import UnitOfWork

_MONEY_IS_THERE = frozenset({PaymentStatus.AUTHORISED, PaymentStatus.PAID})


async def advance(
    order: Order, payments: Sequence[Payment], uow: UnitOfWork, now: datetime
) -> None:
    """Let the order take the steps that its money now allows: confirm, finish a cancellation,
    close refunded returns. Does nothing when there is none, so it may run any time."""
    order.payment_status = payment_status_of(order.total, payments)
    if order.is_cancelling:
        if not any(payment.is_live for payment in payments):
            await stock_keeping.release(order, uow, now)
            order.cancel(now)
    elif order.status is OrderStatus.PENDING and order.payment_status in _MONEY_IS_THERE:
        order.confirm(now)
    await _close_refunded_returns(order, uow, now)


async def _close_refunded_returns(order: Order, uow: UnitOfWork, now: datetime) -> None:
    refunds = await uow.refunds.of_order(order.id)
    paid_back = {
        refund.return_id: refund.id
        for refund in refunds
        if refund.return_id is not None and refund.status is RefundStatus.SUCCEEDED
    }
    for return_ in await uow.returns.of_order(order.id) if paid_back else ():
        if return_.id in paid_back and return_.status is ReturnStatus.RECEIVED:
            return_.refund(order, paid_back[return_.id], now)
