import pytest

from orderwright.domain.entities.reservation import Reservation, ReservationState
from orderwright.domain.entities.stock import (
    ON_HAND_MAX,
    MovementKind,
    NotEnoughOnHand,
    OutOfStock,
    StockIsReserved,
    StockLevel,
    StockTooLarge,
)
from orderwright.domain.events.catalog import StockAdjusted
from tests.builders import NOW, a_level


def counters(level: StockLevel) -> tuple[int, int, int]:
    return level.on_hand, level.reserved, level.available


def moves(level: StockLevel) -> list[tuple[MovementKind, int, int]]:
    return [
        (movement.kind, movement.on_hand_delta, movement.reserved_delta)
        for movement in level.take_movements()
    ]


def test_a_reservation_takes_from_what_is_available_and_not_from_the_shelf() -> None:
    level = a_level(5, reserved=1)

    level.reserve(4, order_id=7, now=NOW)

    assert counters(level) == (5, 5, 0)
    (movement,) = level.take_movements()
    assert (movement.kind, movement.order_id, movement.occurred_at) == (
        MovementKind.RESERVE,
        7,
        NOW,
    )


def test_no_more_is_reserved_than_is_available() -> None:
    level = a_level(5, reserved=3)

    with pytest.raises(OutOfStock):
        level.reserve(3, order_id=1, now=NOW)

    assert counters(level) == (5, 3, 2)
    assert moves(level) == []


def test_backorder_promises_more_than_there_is_but_ships_only_what_is() -> None:
    level = a_level(1, backorder=True)

    level.reserve(3, order_id=1, now=NOW)
    assert counters(level) == (1, 3, -2)
    with pytest.raises(NotEnoughOnHand):
        level.ship(2, order_id=1, now=NOW)

    assert counters(level) == (1, 3, -2)


def test_shipping_takes_from_the_shelf_and_from_the_reservation() -> None:
    level = a_level(5, reserved=3)

    level.ship(2, order_id=1, now=NOW)

    assert counters(level) == (3, 1, 2)
    assert moves(level) == [(MovementKind.SHIP, -2, -2)]


def test_releasing_makes_units_available_again() -> None:
    level = a_level(5, reserved=3)

    level.release(3, order_id=1, now=NOW)

    assert counters(level) == (5, 0, 5)
    assert moves(level) == [(MovementKind.RELEASE, 0, -3)]


def test_what_comes_back_or_covers_the_past_goes_on_the_shelf() -> None:
    level = a_level(0)

    level.restock(1, order_id=1, now=NOW)
    level.receive_history(2, order_id=2, now=NOW)

    assert counters(level) == (3, 0, 3)
    assert moves(level) == [(MovementKind.RESTOCK, 1, 0), (MovementKind.HISTORY, 2, 0)]


def test_an_adjustment_is_a_movement_and_an_event_with_its_reason() -> None:
    level = a_level(5, reserved=2)

    level.adjust(-3, "water damage", NOW)

    assert counters(level) == (2, 2, 0)
    (movement,) = level.take_movements()
    assert (movement.kind, movement.on_hand_delta, movement.reason) == (
        MovementKind.ADJUSTMENT,
        -3,
        "water damage",
    )
    (recorded,) = level.take_events()
    assert recorded.event == StockAdjusted(
        product_id=1, location_id=1, delta=-3, reason="water damage", on_hand=2, reserved=2
    )


@pytest.mark.parametrize(
    ("on_hand", "reserved", "backorder", "delta"),
    [(5, 2, False, -4), (5, 0, False, -6), (5, 8, True, -6)],
)
def test_promised_and_missing_units_cannot_be_written_off(
    on_hand: int, reserved: int, delta: int, *, backorder: bool
) -> None:
    level = a_level(on_hand, reserved, backorder=backorder)
    before = counters(level)

    with pytest.raises(StockIsReserved):
        level.adjust(delta, "count", NOW)

    assert counters(level) == before
    assert (moves(level), level.take_events(), level.version) == ([], [], 0)


def test_goods_that_come_in_are_counted_even_when_more_is_promised() -> None:
    level = a_level(0, reserved=3, backorder=True)

    level.adjust(1, "delivery", NOW)

    assert counters(level) == (1, 3, -2)


def test_a_shelf_holds_only_so_much() -> None:
    level = a_level(0)

    level.adjust(ON_HAND_MAX, "all there is", NOW)
    with pytest.raises(StockTooLarge):
        level.adjust(1, "one more", NOW)

    assert level.on_hand == ON_HAND_MAX


def test_movements_are_handed_over_once() -> None:
    level = a_level(5)
    level.reserve(1, order_id=1, now=NOW)

    assert len(level.take_movements()) == 1
    assert level.take_movements() == []


def a_reservation(quantity: int) -> Reservation:
    return Reservation(order_id=1, item_id=1, product_id=1, location_id=1, quantity=quantity)


def test_a_reservation_is_open_until_its_last_unit_is_taken() -> None:
    reservation = a_reservation(3)

    reservation.take(2)
    assert (reservation.quantity, reservation.state) == (1, ReservationState.ACTIVE)
    reservation.take(1)

    assert (reservation.quantity, reservation.state) == (0, ReservationState.SHIPPED)


def test_a_released_reservation_gives_back_what_is_left_once() -> None:
    reservation = a_reservation(3)

    assert reservation.release() == 3
    assert reservation.release() == 0
    assert (reservation.quantity, reservation.state) == (0, ReservationState.RELEASED)
