from __future__ import annotations

from collections.abc import Sequence

from orderwright.domain.entities.order import Order, distinct
from orderwright.domain.entities.order_parts import InvalidQuantity
from orderwright.domain.entities.refund import RefundStatus
from orderwright.domain.entities.return_ import (
    ReturnNotFound,
    ReturnNotReceived,
    ReturnRefundUnderway,
    ReturnStatus,
)
from orderwright.domain.errors import Rejected
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.money import InvalidAmount, Money, total_of


class RefundNeedsAmount(Rejected):
    code = "refund_needs_amount"


async def refund_amount(
    order: Order,
    uow: UnitOfWork,
    *,
    amount: str | None,
    lines: Sequence[LineQuantity],
    return_id: str | None,
) -> Money:
    """The amount asked for; else what the lines, or the returned lines, were sold for.

    Raises:
        RefundNeedsAmount, InvalidAmount, LineNotFound, InvalidQuantity.
        ReturnNotFound, ReturnNotReceived, ReturnRefundUnderway.
    """
    returned = await _returned_lines(order, uow, return_id) if return_id is not None else ()
    if amount is not None:
        wanted = Money.parse(amount, order.currency)
    elif lines or returned:
        wanted = value_of(order, lines or returned)
    else:
        raise RefundNeedsAmount("a refund names an amount, lines or a return")
    if wanted.minor <= 0:
        raise InvalidAmount("a refund is more than nothing")
    return wanted


def value_of(order: Order, lines: Sequence[LineQuantity]) -> Money:
    """Quantity times unit price of each line, rounded half-even; all of a line is its line total."""
    for line in distinct(lines):
        if not 1 <= line.quantity <= order.item(line.item_id).quantity:
            raise InvalidQuantity(f"line {line.item_id} has fewer units")
    amounts = [order.item(line.item_id).unit_price.times(line.quantity) for line in lines]
    return total_of(amounts, order.currency)


async def _returned_lines(order: Order, uow: UnitOfWork, return_id: str) -> list[LineQuantity]:
    returns = {each.id: each for each in await uow.returns.of_order(order.id)}
    if return_id not in returns:
        raise ReturnNotFound(f"order {order.id} has no return {return_id}")
    if returns[return_id].status is not ReturnStatus.RECEIVED:
        raise ReturnNotReceived(f"return {return_id} is {returns[return_id].status}, not received")
    refunds = await uow.refunds.of_order(order.id)
    # One that succeeded has closed the return; one that failed may be asked for again.
    if any(each.return_id == return_id and each.status is RefundStatus.PENDING for each in refunds):
        raise ReturnRefundUnderway(f"return {return_id} is being refunded")
    return [
        LineQuantity(item_id=line.item_id, quantity=line.quantity)
        for line in returns[return_id].items
    ]
