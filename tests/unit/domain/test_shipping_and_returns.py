import pytest

from orderwright.domain.entities.order import CancellationInProgress, FulfilmentStatus, Order
from orderwright.domain.entities.order_lifecycle import IllegalTransition, OrderStatus
from orderwright.domain.entities.order_parts import (
    DuplicateLine,
    InvalidQuantity,
    LineNotFound,
    NothingLeftToShip,
    ReturnExceedsShipped,
)
from orderwright.domain.entities.return_ import (
    EmptyReturn,
    ReceivedLine,
    Return,
    ReturnAlreadyReceived,
    ReturnExceedsRequested,
    ReturnLine,
    ReturnNotReceived,
    ReturnStatus,
)
from orderwright.domain.entities.shipment import AlreadyDelivered, Shipment, ShipmentStatus
from orderwright.domain.events.order import LineQuantity, ReturnReceived, ShipmentCreated
from tests.builders import NOW, a_line, an_order, units


def shipped(order: Order, *lines: LineQuantity) -> Shipment:
    return Shipment.of(
        order,
        list(lines),
        id="shipment-1",
        carrier="Northern Parcel",
        tracking_number="NP1",
        now=NOW,
    )


def requested(order: Order, *lines: ReturnLine) -> Return:
    return Return.request(order, list(lines), id="return-1", reason="chipped", now=NOW)


def a_return_line(quantity: int = 1, of_line: int = 1, *, restock: bool = True) -> ReturnLine:
    return ReturnLine(item_id=of_line, quantity=quantity, restock=restock)


def names(order: Order) -> list[str]:
    return [recorded.event.name for recorded in order.take_events()]


def a_confirmed_order() -> Order:
    order = an_order(
        a_line(1, quantity=3), a_line(2, quantity=1, product_id=2), status=OrderStatus.CONFIRMED
    )
    order.take_events()
    return order


def test_a_shipment_of_everything_makes_the_order_shipped() -> None:
    order = a_confirmed_order()

    shipment = shipped(order, *order.lines_left_to_ship())

    assert order.status is OrderStatus.SHIPPED
    assert order.fulfilment_status is FulfilmentStatus.FULFILLED
    assert order.lines_left_to_ship() == []
    assert [(line.item_id, line.quantity) for line in shipment.items] == [(1, 3), (2, 1)]
    assert names(order) == ["shipment.created", "order.shipped"]


def test_a_shipment_of_a_part_leaves_the_rest_to_ship() -> None:
    order = a_confirmed_order()

    shipped(order, units(2))

    assert order.status is OrderStatus.CONFIRMED
    assert order.fulfilment_status is FulfilmentStatus.PARTIALLY_FULFILLED
    assert order.lines_left_to_ship() == [units(1), units(1, of_line=2)]
    (recorded,) = order.take_events()
    assert recorded.event == ShipmentCreated(
        shipment_id="shipment-1",
        items=(units(2),),
        carrier="Northern Parcel",
        tracking_number="NP1",
    )


def test_the_last_of_several_shipments_makes_the_order_shipped() -> None:
    order = a_confirmed_order()

    shipped(order, units(2))
    shipped(order, units(1), units(1, of_line=2))

    assert order.status is OrderStatus.SHIPPED
    assert names(order) == ["shipment.created", "shipment.created", "order.shipped"]


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ([units(4)], NothingLeftToShip),
        ([units(0)], InvalidQuantity),
        ([units(-1)], InvalidQuantity),
        ([units(1, of_line=3)], LineNotFound),
        ([units(1), units(1)], DuplicateLine),
    ],
)
def test_only_what_is_left_can_be_shipped(
    lines: list[LineQuantity], refusal: type[Exception]
) -> None:
    order = a_confirmed_order()

    with pytest.raises(refusal):
        shipped(order, *lines)

    assert [item.shipped for item in order.items] == [0, 0]
    assert names(order) == []


def test_what_is_shipped_cannot_be_shipped_again() -> None:
    order = a_confirmed_order()
    shipped(order, units(3))

    with pytest.raises(NothingLeftToShip):
        shipped(order, units(1))

    assert order.item(1).shipped == 3


@pytest.mark.parametrize(
    "status",
    [OrderStatus.PENDING, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.CANCELLED],
)
def test_only_a_confirmed_order_can_be_shipped(status: OrderStatus) -> None:
    order = an_order(status=status)
    shipped_before = order.item(1).shipped

    with pytest.raises(IllegalTransition):
        shipped(order, units(1))

    assert order.item(1).shipped == shipped_before


def test_an_order_that_is_being_cancelled_is_not_shipped() -> None:
    order = a_confirmed_order()
    order.request_cancellation(None, NOW)

    with pytest.raises(CancellationInProgress):
        shipped(order, units(1))

    assert order.item(1).shipped == 0


def test_a_shipment_is_delivered_once() -> None:
    order = a_confirmed_order()
    shipment = shipped(order, units(1))
    order.take_events()

    shipment.deliver(order, NOW)
    with pytest.raises(AlreadyDelivered):
        shipment.deliver(order, NOW)

    assert shipment.status is ShipmentStatus.DELIVERED
    assert shipment.delivered_at == NOW
    assert names(order) == ["shipment.delivered"]


@pytest.mark.parametrize("status", [OrderStatus.SHIPPED, OrderStatus.DELIVERED])
def test_what_was_shipped_can_come_back(status: OrderStatus) -> None:
    order = an_order(a_line(quantity=2), status=status)
    order.take_events()

    return_ = requested(order, a_return_line(2))

    assert return_.status is ReturnStatus.REQUESTED
    assert order.item(1).returned == 2
    assert names(order) == ["return.requested"]


def test_of_a_partly_shipped_order_only_that_part_can_come_back() -> None:
    order = a_confirmed_order()
    shipped(order, units(2))
    order.take_events()

    with pytest.raises(ReturnExceedsShipped):
        requested(order, a_return_line(3))
    requested(order, a_return_line(2))

    assert order.item(1).returned == 2


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ([], EmptyReturn),
        ([units(3)], ReturnExceedsShipped),
        ([units(0)], InvalidQuantity),
        ([units(-1)], InvalidQuantity),
        ([units(1, of_line=2)], LineNotFound),
        ([units(1), units(1)], DuplicateLine),
    ],
)
def test_nothing_else_can_come_back(lines: list[LineQuantity], refusal: type[Exception]) -> None:
    order = an_order(a_line(quantity=2), status=OrderStatus.SHIPPED)
    order.take_events()

    with pytest.raises(refusal):
        requested(order, *(a_return_line(line.quantity, line.item_id) for line in lines))

    assert order.item(1).returned == 0
    assert names(order) == []


def test_units_promised_back_are_not_promised_twice() -> None:
    order = an_order(a_line(quantity=2), status=OrderStatus.DELIVERED)
    requested(order, a_return_line(1))

    with pytest.raises(ReturnExceedsShipped):
        requested(order, a_return_line(2))

    assert order.item(1).returned == 1


def test_nothing_comes_back_from_an_order_that_was_not_shipped() -> None:
    order = an_order(status=OrderStatus.PENDING)

    with pytest.raises(ReturnExceedsShipped):
        requested(order, a_return_line())


def test_a_return_is_received_once_and_names_what_goes_back_on_the_shelf() -> None:
    order = an_order(
        a_line(1, quantity=2), a_line(2, quantity=2, product_id=2), status=OrderStatus.SHIPPED
    )
    return_ = requested(order, a_return_line(2), a_return_line(1, of_line=2, restock=False))
    order.take_events()

    return_.receive(order, NOW)
    with pytest.raises(ReturnAlreadyReceived):
        return_.receive(order, NOW)

    assert (return_.status, return_.received_at) == (ReturnStatus.RECEIVED, NOW)
    (recorded,) = order.take_events()
    assert recorded.event == ReturnReceived(
        return_id="return-1",
        items=(units(2), units(1, of_line=2)),
        restocked=(units(2),),
        reason=None,
    )


def test_of_a_return_only_what_came_is_received_and_the_rest_stays_with_the_customer() -> None:
    order = an_order(
        *(a_line(number, quantity=3, product_id=number) for number in (1, 2, 3)),
        status=OrderStatus.SHIPPED,
    )
    return_ = requested(
        order, a_return_line(3), a_return_line(2, of_line=2), a_return_line(1, of_line=3)
    )
    order.take_events()

    return_.receive(
        order,
        NOW,
        came=[
            ReceivedLine(item_id=2, quantity=2, restock=False),
            ReceivedLine(item_id=1, quantity=1),
        ],
        reason="a box was empty",
    )

    assert [(line.item_id, line.quantity, line.restock) for line in return_.items] == [
        (1, 1, True),
        (2, 2, False),
    ]
    assert [item.returned for item in order.items] == [1, 2, 0]
    (recorded,) = order.take_events()
    assert recorded.event == ReturnReceived(
        return_id="return-1",
        items=(units(1), units(2, of_line=2)),
        restocked=(units(1),),
        reason="a box was empty",
    )
    requested(order, a_return_line(2), a_return_line(3, of_line=3))
    assert [item.returned for item in order.items] == [3, 2, 3]


@pytest.mark.parametrize(
    ("came", "refusal"),
    [
        ([], EmptyReturn),
        ([ReceivedLine(item_id=1, quantity=3)], ReturnExceedsRequested),
        ([ReceivedLine(item_id=1, quantity=0)], InvalidQuantity),
        ([ReceivedLine(item_id=2, quantity=1)], LineNotFound),
        ([ReceivedLine(item_id=1, quantity=1)] * 2, DuplicateLine),
    ],
)
def test_nothing_is_received_that_was_not_to_come_back(
    came: list[ReceivedLine], refusal: type[Exception]
) -> None:
    order = an_order(
        a_line(1, quantity=3), a_line(2, quantity=3, product_id=2), status=OrderStatus.SHIPPED
    )
    return_ = requested(order, a_return_line(2))
    order.take_events()

    with pytest.raises(refusal):
        return_.receive(order, NOW, came=came)

    assert (return_.status, return_.received_at) == (ReturnStatus.REQUESTED, None)
    assert [line.quantity for line in return_.items] == [2]
    assert [item.returned for item in order.items] == [2, 0]
    assert names(order) == []


def test_a_return_is_refunded_once_and_only_after_it_was_received() -> None:
    order = an_order(status=OrderStatus.SHIPPED)
    return_ = requested(order, a_return_line())
    with pytest.raises(ReturnNotReceived):
        return_.refund(order, "refund-1", NOW)
    return_.receive(order, NOW)
    order.take_events()

    return_.refund(order, "refund-1", NOW)
    with pytest.raises(ReturnNotReceived):
        return_.refund(order, "refund-2", NOW)

    assert return_.status is ReturnStatus.REFUNDED
    assert names(order) == ["return.refunded"]


@pytest.mark.parametrize(
    ("others", "left"), [([], 0), ([units(1)], 1), ([units(1), units(2)], 2), ([units(3)], 2)]
)
def test_when_a_refund_fails_a_line_is_paid_back_as_far_as_the_others_go(
    others: list[LineQuantity], left: int
) -> None:
    """Of data from before the limit was kept, whose refunds name more units than there are."""
    order = an_order()
    order.items[0].refunded = 2

    order.keep_paid([units(2)], others)

    assert order.items[0].refunded == left
