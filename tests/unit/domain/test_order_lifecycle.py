"""The whole life of an order, every act in every status, spelled out here and nowhere read."""

import pytest

from orderwright.domain.entities.order import AlreadyShippedInPart, CancellationInProgress, Order
from orderwright.domain.entities.order_lifecycle import IllegalTransition, OrderAct, OrderStatus
from orderwright.domain.entities.payment_status import PaymentStatus
from tests.builders import NOW, a_line, an_order, gbp, units

PENDING, CONFIRMED, SHIPPED = OrderStatus.PENDING, OrderStatus.CONFIRMED, OrderStatus.SHIPPED
DELIVERED, CANCELLED = OrderStatus.DELIVERED, OrderStatus.CANCELLED

# None: the order refuses.
LIFE: dict[tuple[OrderStatus, OrderAct], OrderStatus | None] = {
    (PENDING, OrderAct.CONFIRM): CONFIRMED,
    (PENDING, OrderAct.SHIP): None,
    (PENDING, OrderAct.DELIVER): None,
    (PENDING, OrderAct.CANCEL): CANCELLED,
    (CONFIRMED, OrderAct.CONFIRM): None,
    (CONFIRMED, OrderAct.SHIP): SHIPPED,
    (CONFIRMED, OrderAct.DELIVER): None,
    (CONFIRMED, OrderAct.CANCEL): CANCELLED,
    (SHIPPED, OrderAct.CONFIRM): None,
    (SHIPPED, OrderAct.SHIP): None,
    (SHIPPED, OrderAct.DELIVER): DELIVERED,
    (SHIPPED, OrderAct.CANCEL): None,
    (DELIVERED, OrderAct.CONFIRM): None,
    (DELIVERED, OrderAct.SHIP): None,
    (DELIVERED, OrderAct.DELIVER): None,
    (DELIVERED, OrderAct.CANCEL): None,
    (CANCELLED, OrderAct.CONFIRM): None,
    (CANCELLED, OrderAct.SHIP): None,
    (CANCELLED, OrderAct.DELIVER): None,
    (CANCELLED, OrderAct.CANCEL): None,
}
ALLOWED = {
    PENDING: ["confirm", "cancel"],
    CONFIRMED: ["ship", "cancel"],
    SHIPPED: ["deliver"],
    DELIVERED: [],
    CANCELLED: [],
}
LEGAL = [(status, act, then) for (status, act), then in LIFE.items() if then is not None]
ILLEGAL = [(status, act) for (status, act), then in LIFE.items() if then is None]


def perform(order: Order, act: OrderAct) -> None:
    match act:
        case OrderAct.CONFIRM:
            order.confirm(NOW)
        case OrderAct.SHIP:
            order.ship(order.lines_left_to_ship())
            order.complete_shipping(NOW)
        case OrderAct.DELIVER:
            order.deliver(NOW)
        case OrderAct.CANCEL:
            order.cancel(NOW)


def events_of(order: Order) -> list[str]:
    return [recorded.event.name for recorded in order.take_events()]


def test_every_act_in_every_status_is_decided_here() -> None:
    assert set(LIFE) == {(status, act) for status in OrderStatus for act in OrderAct}


@pytest.mark.parametrize(("status", "act", "then"), LEGAL)
def test_a_legal_act_leads_on_and_leaves_one_event(
    status: OrderStatus, act: OrderAct, then: OrderStatus
) -> None:
    order = an_order(status=status)
    order.take_events()
    version = order.version

    order.check(act)
    perform(order, act)

    assert order.status is then
    assert order.version == version + 1
    assert events_of(order) == [f"order.{then}"]


@pytest.mark.parametrize(("status", "act"), ILLEGAL)
def test_an_illegal_act_is_refused_and_leaves_no_trace(status: OrderStatus, act: OrderAct) -> None:
    order = an_order(status=status)
    order.take_events()
    version, updated_at = order.version, order.updated_at

    with pytest.raises(IllegalTransition) as asked:
        order.check(act)
    with pytest.raises(IllegalTransition) as tried:
        perform(order, act)

    for refusal in (asked.value, tried.value):
        assert refusal.facts == {"current_status": status.value, "allowed": ALLOWED[status]}
        assert refusal.code == "illegal_transition"
    assert (order.status, order.version, order.updated_at) == (status, version, updated_at)
    assert events_of(order) == []


@pytest.mark.parametrize("status", list(OrderStatus))
def test_each_status_is_reached_with_a_gapless_timeline(status: OrderStatus) -> None:
    order = an_order(status=status)

    recorded = order.take_events()

    assert [each.sequence for each in recorded] == list(range(1, order.version + 1))
    assert {each.occurred_at for each in recorded} == {NOW}


def test_a_partly_shipped_order_is_still_confirmed_and_says_what_may_follow() -> None:
    order = an_order(a_line(quantity=3), status=CONFIRMED)
    order.ship([units(1)])
    order.complete_shipping(NOW)

    assert order.status is CONFIRMED
    with pytest.raises(AlreadyShippedInPart) as refused:
        order.cancel(NOW)
    assert refused.value.facts == {"current_status": "confirmed", "allowed": ["ship"]}
    assert order.status is CONFIRMED


def test_confirming_says_how_the_order_stood_with_its_money() -> None:
    order = an_order()
    order.payment_status = PaymentStatus.AUTHORISED
    order.take_events()

    order.confirm(NOW)

    (confirmed,) = order.take_events()
    assert confirmed.event.payment_status == "authorised"  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", [PENDING, CONFIRMED])
def test_an_order_whose_cancellation_is_asked_for_waits_as_it_is(status: OrderStatus) -> None:
    order = an_order(status=status)
    order.take_events()

    order.request_cancellation("changed my mind", NOW)

    assert order.is_cancelling
    assert order.status is status
    assert order.cancellation_requested_at == NOW
    assert events_of(order) == ["order.cancellation_requested"]


@pytest.mark.parametrize("status", [PENDING, CONFIRMED])
@pytest.mark.parametrize("act", [OrderAct.CONFIRM, OrderAct.SHIP])
def test_nothing_else_happens_to_an_order_that_is_being_cancelled(
    status: OrderStatus, act: OrderAct
) -> None:
    order = an_order(status=status)
    order.request_cancellation(None, NOW)
    version = order.version

    with pytest.raises((CancellationInProgress, IllegalTransition)):
        perform(order, act)

    assert (order.status, order.version) == (status, version)


def test_the_first_request_to_cancel_stands() -> None:
    order = an_order()
    order.request_cancellation("too slow", NOW)
    version = order.version

    order.request_cancellation("another reason", NOW)

    assert order.cancellation_reason == "too slow"
    assert order.version == version


def test_a_cancelled_order_is_no_longer_being_cancelled_and_keeps_the_reason() -> None:
    order = an_order()
    order.request_cancellation("too slow", NOW)

    order.cancel(NOW)

    assert order.status is CANCELLED
    assert not order.is_cancelling
    assert order.take_events()[-1].event.reason == "too slow"  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", [SHIPPED, DELIVERED, CANCELLED])
def test_cancellation_cannot_be_asked_for_when_it_is_too_late(status: OrderStatus) -> None:
    order = an_order(status=status)
    version = order.version

    with pytest.raises(IllegalTransition):
        order.request_cancellation(None, NOW)

    assert order.cancellation_requested_at is None
    assert order.version == version


def test_inventory_is_validated_only_while_pending() -> None:
    order = an_order()
    order.validate_inventory(2, NOW)
    assert events_of(order) == ["order.placed", "order.inventory_validated"]

    confirmed = an_order(status=CONFIRMED)
    with pytest.raises(IllegalTransition):
        confirmed.validate_inventory(2, NOW)


def test_an_order_keeps_its_total_through_its_life() -> None:
    assert {an_order(status=status).total for status in OrderStatus} == {gbp("25.00")}
