from datetime import timedelta

import pytest

from orderwright.domain.entities.order import EmptyOrder, FulfilmentStatus, NegativeTotal, Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.order_parts import (
    QUANTITY_MAX,
    Adjustment,
    InvalidQuantity,
    LineNotFound,
    OrderItem,
)
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.events.order import OrderChanged, OrderPlaced
from orderwright.domain.value_objects.money import AmountTooLarge, CurrencyMismatch, Money
from tests.builders import EUR, GBP, JPY, NOW, a_line, an_adjustment, an_order, gbp


def placed(*items: OrderItem, adjustments: tuple[Adjustment, ...] = ()) -> Order:
    return Order.place(
        customer_id=7,
        currency=GBP,
        items=items,
        adjustments=adjustments,
        channel="web",
        reference="W-1",
        now=NOW,
    )


def test_a_new_order_is_pending_unpaid_and_unfulfilled() -> None:
    order = placed(a_line())

    assert order.status is OrderStatus.PENDING
    assert order.payment_status is PaymentStatus.UNPAID
    assert order.fulfilment_status is FulfilmentStatus.UNFULFILLED
    assert order.created_at == order.updated_at == NOW
    assert not order.is_cancelling


def test_placing_is_the_first_event_of_the_timeline() -> None:
    order = placed(a_line(1), a_line(2))

    (recorded,) = order.take_events()

    assert recorded.sequence == order.version == 1
    assert recorded.event == OrderPlaced(
        customer_id=7, channel="web", reference="W-1", total=gbp("50.00"), item_count=2
    )


def test_the_total_is_the_sum_of_lines_and_adjustments() -> None:
    order = placed(
        a_line(1, quantity=3, price="2.55"),
        a_line(2, quantity=1, price="10"),
        adjustments=(an_adjustment("4.95"), an_adjustment("-1.60", 2)),
    )

    assert order.total == gbp("21.00")


def test_each_line_is_rounded_before_the_lines_are_added() -> None:
    order = placed(*(a_line(number, quantity=1, price="0.005") for number in (1, 2, 3)))

    assert order.total == gbp("0.00")


def test_a_discount_may_take_off_everything_and_leaves_nothing_to_pay() -> None:
    order = placed(a_line(), adjustments=(an_adjustment("-25.00"),))

    assert order.total == gbp("0.00")
    assert order.payment_status is PaymentStatus.PAID


def test_a_discount_may_not_take_off_more() -> None:
    with pytest.raises(NegativeTotal):
        placed(a_line(), adjustments=(an_adjustment("-25.01"),))


def test_an_order_without_lines_is_refused() -> None:
    with pytest.raises(EmptyOrder):
        placed(adjustments=(an_adjustment("4.95"),))


def test_an_order_has_one_currency() -> None:
    with pytest.raises(CurrencyMismatch):
        placed(a_line(1), a_line(2, currency=EUR))
    with pytest.raises(CurrencyMismatch):
        placed(a_line(), adjustments=(an_adjustment("1", currency=JPY),))


def test_a_total_beyond_the_bound_is_refused() -> None:
    dear = [a_line(number, quantity=60, price="9999999999.99") for number in (1, 2)]

    with pytest.raises(AmountTooLarge):
        placed(*dear)


@pytest.mark.parametrize("quantity", [0, -1, QUANTITY_MAX + 1])
def test_a_quantity_is_at_least_one_and_bounded(quantity: int) -> None:
    with pytest.raises(InvalidQuantity):
        a_line(quantity=quantity)


def test_a_line_keeps_what_was_agreed() -> None:
    line = a_line(quantity=QUANTITY_MAX, price="0.0001")

    assert line.line_total == gbp("100.00")
    assert line.currency == GBP
    assert (line.shipped, line.returned, line.unshipped) == (0, 0, QUANTITY_MAX)


def test_a_line_is_found_by_its_number() -> None:
    order = an_order(a_line(1), a_line(2, product_id=9))

    assert order.item(2).product_id == 9
    with pytest.raises(LineNotFound):
        order.item(3)


def test_a_fact_that_comes_in_late_does_not_turn_back_the_clock() -> None:
    order = an_order()

    order.note(OrderChanged(changed=("notes",), before={}, after={}), NOW - timedelta(hours=1))

    assert order.updated_at == NOW
    assert order.version == 2


def test_amounts_of_an_order_in_yen_have_no_decimals() -> None:
    order = Order.place(
        customer_id=1, currency=JPY, items=[a_line(price="120.5", currency=JPY)], now=NOW
    )

    assert order.total == Money(241, JPY)
