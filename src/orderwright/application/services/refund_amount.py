from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from orderwright.domain.entities.order import Order, distinct
from orderwright.domain.entities.order_parts import InvalidQuantity, OrderItem
from orderwright.domain.entities.refund import RefundLine, RefundStatus
from orderwright.domain.entities.return_ import (
    ReturnLine,
    ReturnNotFound,
    ReturnNotReceived,
    ReturnRefundUnderway,
    ReturnStatus,
)
from orderwright.domain.errors import Conflict, Rejected
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.money import InvalidAmount, Money, total_of


class RefundNeedsAmount(Rejected):
    code = "refund_needs_amount"


class LineAlreadyRefunded(Conflict):
    code = "line_already_refunded"


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
        RefundNeedsAmount, InvalidAmount, LineNotFound, DuplicateLine, InvalidQuantity.
        LineAlreadyRefunded, ReturnNotFound, ReturnNotReceived, ReturnRefundUnderway.
    """
    _check(order, lines)
    returned = await _returned_lines(order, uow, return_id) if return_id is not None else ()
    if amount is not None:
        wanted = Money.parse(amount, order.currency)
    elif lines or returned:
        wanted = _value_of(order, lines or returned, await _units_refunded(order, uow))
    else:
        raise RefundNeedsAmount("a refund names an amount, lines or a return")
    if wanted.minor <= 0:
        raise InvalidAmount("a refund is more than nothing")
    return wanted


def _check(order: Order, lines: Sequence[LineQuantity]) -> None:
    for line in distinct(lines):
        item = order.item(line.item_id)
        if not 1 <= line.quantity <= item.quantity:
            raise InvalidQuantity(f"line {item.id} has {item.quantity} units")


def _value_of(order: Order, lines: Sequence[LineQuantity], refunded: Mapping[int, int]) -> Money:
    amounts = [
        _value_of_units(order.item(line.item_id), line.quantity, refunded.get(line.item_id, 0))
        for line in lines
    ]
    return total_of(amounts, order.currency)


def _value_of_units(item: OrderItem, quantity: int, refunded: int) -> Money:
    """What `quantity` units bring once `refunded` have been paid for: however a line is split over
    refunds, all of them together are its line total, to the last rounding."""
    left = max(0, item.quantity - refunded)
    if quantity > left:
        raise LineAlreadyRefunded(f"line {item.id} has {left} units left to refund")
    return item.unit_price.times(refunded + quantity) - item.unit_price.times(refunded)


async def _units_refunded(order: Order, uow: UnitOfWork) -> Counter[int]:
    """How many units of each line have been refunded, or are about to be: by name or by a return."""
    returned: dict[str | None, Sequence[RefundLine | ReturnLine]]
    returned = {each.id: each.items for each in await uow.returns.of_order(order.id)}
    units: Counter[int] = Counter()
    for refund in await uow.refunds.of_order(order.id):
        if refund.status is RefundStatus.FAILED:
            continue
        for line in refund.items or returned.get(refund.return_id, ()):
            units[line.item_id] += line.quantity
    return units


async def _returned_lines(order: Order, uow: UnitOfWork, return_id: str) -> list[LineQuantity]:
    returns = {each.id: each for each in await uow.returns.of_order(order.id)}
    if return_id not in returns:
        raise ReturnNotFound("the order has no such return")
    if returns[return_id].status is not ReturnStatus.RECEIVED:
        raise ReturnNotReceived(f"the return is {returns[return_id].status}, not received")
    refunds = await uow.refunds.of_order(order.id)
    # One that succeeded has closed the return; one that failed may be asked for again.
    if any(each.return_id == return_id and each.status is RefundStatus.PENDING for each in refunds):
        raise ReturnRefundUnderway("the return is being refunded")
    return [
        LineQuantity(item_id=line.item_id, quantity=line.quantity)
        for line in returns[return_id].items
    ]
