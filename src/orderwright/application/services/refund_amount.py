from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orderwright.domain.entities.order import Order, distinct
from orderwright.domain.entities.order_parts import InvalidQuantity, OrderItem
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be refunded, and for which units."""

    amount: Money
    units: Sequence[LineQuantity]


async def what_to_refund(
    order: Order,
    uow: UnitOfWork,
    *,
    amount: str | None,
    lines: Sequence[LineQuantity],
    return_id: str | None,
) -> Wanted:
    """The amount asked for; else what the lines, or the returned lines, were sold for.

    Of a return whose refund has an amount of its own, units that were refunded before count no more.

    Raises:
        RefundNeedsAmount, InvalidAmount, LineNotFound, DuplicateLine, InvalidQuantity.
        LineAlreadyRefunded, ReturnNotFound, ReturnNotReceived, ReturnRefundUnderway.
    """
    _check(order, lines)
    returned = await _returned_lines(order, uow, return_id) if return_id is not None else ()
    if amount is not None:
        units = lines or order.unrefunded_of(returned)
        wanted = Wanted(Money.parse(amount, order.currency), units)
    elif lines or returned:
        wanted = Wanted(_value_of(order, lines or returned), lines or returned)
    else:
        raise RefundNeedsAmount("a refund names an amount, lines or a return")
    if wanted.amount.minor <= 0:
        raise InvalidAmount("a refund is more than nothing")
    return wanted


def _check(order: Order, lines: Sequence[LineQuantity]) -> None:
    for line in distinct(lines):
        item = order.item(line.item_id)
        if not 1 <= line.quantity <= item.quantity:
            raise InvalidQuantity(f"line {item.id} has {item.quantity} units")


def _value_of(order: Order, lines: Sequence[LineQuantity]) -> Money:
    amounts = [_value_of_units(order.item(line.item_id), line.quantity) for line in lines]
    return total_of(amounts, order.currency)


def _value_of_units(item: OrderItem, quantity: int) -> Money:
    """What `quantity` more units bring: however a line is split over refunds, all of them together
    are its line total. Unless one that was planned before others fails after them: what is then
    refunded in its place may differ from it by a minor unit."""
    item.check_refund(quantity)
    after = item.refunded + quantity
    return item.unit_price.times(after) - item.unit_price.times(item.refunded)


async def _returned_lines(
    order: Order, uow: UnitOfWork, return_id: str
) -> tuple[LineQuantity, ...]:
    returns = {each.id: each for each in await uow.returns.of_order(order.id)}
    if return_id not in returns:
        raise ReturnNotFound("the order has no such return")
    if returns[return_id].status is not ReturnStatus.RECEIVED:
        raise ReturnNotReceived(f"the return is {returns[return_id].status}, not received")
    refunds = await uow.refunds.of_order(order.id)
    # One that succeeded has closed the return; one that failed may be asked for again.
    if any(each.return_id == return_id and each.status is RefundStatus.PENDING for each in refunds):
        raise ReturnRefundUnderway("the return is being refunded")
    return returns[return_id].units
