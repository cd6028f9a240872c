from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.refund import Refund, RefundLine
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.events.payment import RefundRequested
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.money import Money


async def plan_refund(
    order: Order,
    payment: Payment,
    amount: Money,
    uow: UnitOfWork,
    *,
    ids: Ids,
    now: datetime,
    reason: str | None,
    items: Sequence[LineQuantity] = (),
    restock: bool = False,
    return_id: str | None = None,
) -> Refund:
    """Journal a refund and keep it; settlement carries it out.

    Raises:
        RefundExceedsCaptured: more than the payment has left.
        LineNotFound, DuplicateLine, LineAlreadyRefunded: not these units.
    """
    refund = planned_refund(
        order,
        payment,
        amount,
        ids=ids,
        now=now,
        reason=reason,
        items=items,
        restock=restock,
        return_id=return_id,
    )
    await uow.refunds.add(refund)
    return refund


def planned_refund(
    order: Order,
    payment: Payment,
    amount: Money,
    *,
    ids: Ids,
    now: datetime,
    reason: str | None,
    items: Sequence[LineQuantity] = (),
    restock: bool = False,
    return_id: str | None = None,
) -> Refund:
    """Journal a refund that the caller keeps; `items` are the units it is for.

    Raises:
        RefundExceedsCaptured: more than the payment has left.
        LineNotFound, DuplicateLine, LineAlreadyRefunded: not these units.
    """
    order.refund_lines(items)
    operation = payment.plan(OperationKind.REFUND, amount, id=ids.new_id(), now=now)
    refund = Refund(
        id=ids.new_id(),
        order_id=order.id,
        payment_id=payment.id,
        operation_id=operation.id,
        amount=amount,
        currency=amount.currency,
        created_at=now,
        reason=reason,
        return_id=return_id,
        restock=restock,
        items=[RefundLine(item_id=line.item_id, quantity=line.quantity) for line in items],
    )
    requested = RefundRequested(
        payment_id=payment.id, amount=amount, refund_id=refund.id, reason=reason
    )
    order.note(requested, now)
    return refund


async def plan_money_back(
    order: Order,
    payments: Sequence[Payment],
    uow: UnitOfWork,
    ids: Ids,
    now: datetime,
    *,
    despite_refusals: bool,
) -> None:
    """Plan to void what is only authorised and to refund what is captured, of every payment.

    What the gateway has certainly not heard of is dropped.
    A payment with an operation still open waits for its outcome: what it holds is not known yet.
    One whose gateway has refused to give money back is asked again only `despite_refusals`: when
    a person wants it, and never in a loop.
    """
    for payment in payments:
        payment.drop_unsent(now)
        if payment.open_operations or (payment.money_back_refused and not despite_refusals):
            continue
        if payment.uncaptured:
            payment.plan(OperationKind.VOID, payment.uncaptured, id=ids.new_id(), now=now)
        if payment.refundable:
            await plan_refund(
                order,
                payment,
                payment.refundable,
                uow,
                ids=ids,
                now=now,
                reason="order cancelled",
            )


async def plan_excess_back(
    order: Order, payments: Sequence[Payment], uow: UnitOfWork, ids: Ids, now: datetime
) -> None:
    """Give back what came twice: a payment whose success was heard of late, when another one had
    been made instead. Those pay for the order that came to hold money first: what was given back of
    them since is not for having paid more than once."""
    owed = order.total.minor
    for payment in sorted(payments, key=lambda each: each.holds_since or now):
        excess = Money(max(payment.captured.minor - owed, 0), order.currency)
        is_needed = owed > 0
        owed -= min(owed, payment.authorised.minor)
        if payment.open_operations or payment.money_back_refused:
            continue
        if payment.uncaptured and not is_needed:
            payment.plan(OperationKind.VOID, payment.uncaptured, id=ids.new_id(), now=now)
        if excess > payment.refunded:
            left = excess - payment.refunded
            await plan_refund(
                order, payment, left, uow, ids=ids, now=now, reason="paid more than once"
            )
