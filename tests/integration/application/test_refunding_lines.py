import pytest

from orderwright.application.commands.refund_order import RefundOrder
from orderwright.application.commands.request_return import WantedReturnLine
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_parts import (
    DuplicateLine,
    InvalidQuantity,
    LineAlreadyRefunded,
    LineNotFound,
)
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.entities.return_ import ReturnStatus
from orderwright.domain.errors import DomainError
from orderwright.domain.events.order import LineQuantity
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.gateways import RefusingGateway, UnreliableGateway


def units(order: Order, quantity: int = 1) -> RefundOrder:
    return RefundOrder(order_id=order.id, lines=[LineQuantity(item_id=1, quantity=quantity)])


@pytest.mark.parametrize(
    ("price", "amounts"),
    [
        ("0.335", ["0.34", "0.33", "0.33"]),  # the line is 1.00 and three times 0.34 would be 1.02
        ("0.333", ["0.33", "0.34", "0.33"]),  # the line is 1.00 and three times 0.33 would be 0.99
    ],
)
async def test_a_line_refunded_in_parts_gives_back_its_total_and_no_more(
    database: Database, price: str, amounts: list[str]
) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product(price=price), 3)

    refunds = [await office.refund(units(order)) for _ in range(3)]

    assert [str(refund.amount) for refund in refunds] == amounts
    assert (await office.order(order.id)).payment_status is PaymentStatus.REFUNDED


async def test_returns_of_one_line_give_back_its_total_and_no_more(database: Database) -> None:
    office = BackOffice(database)
    order = await office.shipped(await office.product(price="0.335"), 3)

    for _ in range(3):
        return_ = await office.request_return(order.id, WantedReturnLine(item_id=1, quantity=1))
        await office.receive_return(order.id, return_.id)
        await office.refund(RefundOrder(order_id=order.id, return_id=return_.id))

    assert str((await office.payment(order.id)).refunded) == "1.00"
    returns = await office.details.returns(order.id)
    assert {return_.status for return_ in returns} == {ReturnStatus.REFUNDED}


async def test_the_same_units_are_not_refunded_twice(database: Database) -> None:
    office = BackOffice(database)
    product = await office.product()
    order = await office.paid(product, 3)
    await office.refund(units(order, 2))

    with pytest.raises(LineAlreadyRefunded, match="line 1 has 1 units left to refund"):
        await office.refund(units(order, 2))

    assert str((await office.payment(order.id)).refunded) == "25.00"


async def test_units_whose_refund_was_refused_may_be_refunded_again(database: Database) -> None:
    gateway = RefusingGateway(OperationKind.REFUND)
    office = BackOffice(database, gateway)
    order = await office.paid(await office.product(), 2)
    await office.refund(units(order, 2))

    gateway.relent()
    refund = await office.refund(units(order, 2))

    assert str(refund.amount) == "25.00"


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ([(1, 1), (1, 1)], DuplicateLine),
        ([(2, 1)], LineNotFound),
        ([(1, 3)], InvalidQuantity),
    ],
)
async def test_a_refund_by_amount_names_lines_of_the_order_too(
    database: Database, lines: list[tuple[int, int]], refusal: type[DomainError]
) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product(), 2)
    named = [LineQuantity(item_id=item_id, quantity=quantity) for item_id, quantity in lines]

    with pytest.raises(refusal):
        await office.refund(RefundOrder(order_id=order.id, amount="1.00", lines=named))

    assert list(await office.details.refunds(order.id)) == []


async def test_an_amount_of_its_own_does_not_pay_for_the_same_units_again(
    database: Database,
) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product(), 2)
    both = [LineQuantity(item_id=1, quantity=2)]
    await office.refund(RefundOrder(order_id=order.id, amount="1.00", lines=both))

    with pytest.raises(LineAlreadyRefunded, match="line 1 has 0 units left to refund"):
        await office.refund(RefundOrder(order_id=order.id, amount="1.00", lines=both))

    assert (await office.order(order.id)).item(1).refunded == 2
    assert str((await office.payment(order.id)).refunded) == "1.00"


async def test_what_is_on_its_way_back_counts_until_the_gateway_refuses(database: Database) -> None:
    gateway = UnreliableGateway(OperationKind.REFUND)
    office = BackOffice(database, gateway)
    order = await office.paid(await office.product(), 2)
    await office.refund(units(order, 2))
    payment = await office.payment(order.id)
    assert (str(payment.refunded), str(payment.refunding)) == ("0.00", "25.00")
    assert (await office.order(order.id)).item(1).refunded == 2

    refusing = BackOffice(
        database, RefusingGateway(OperationKind.REFUND), clock=office.clock, ids=office.ids
    )
    await refusing.settle(order.id)

    payment = await office.payment(order.id)
    assert (str(payment.refunded), str(payment.refunding)) == ("0.00", "0.00")
    assert (await office.order(order.id)).item(1).refunded == 0


async def test_a_return_of_what_was_paid_back_in_part_can_be_closed_with_the_rest(
    database: Database,
) -> None:
    office = BackOffice(database)
    order = await office.shipped(await office.product(), 1)
    line = [LineQuantity(item_id=1, quantity=1)]
    await office.refund(RefundOrder(order_id=order.id, amount="2.50", lines=line))
    return_ = await office.request_return(order.id, WantedReturnLine(item_id=1, quantity=1))
    await office.receive_return(order.id, return_.id)

    rest = await office.refund(RefundOrder(order_id=order.id, amount="10.00", return_id=return_.id))

    assert (str(rest.amount), rest.items) == ("10.00", [])
    assert (await office.order(order.id)).item(1).refunded == 1
