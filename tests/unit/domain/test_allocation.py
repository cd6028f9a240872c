import pytest

from orderwright.domain.entities.order_parts import OrderItem
from orderwright.domain.entities.reservation import allocate
from orderwright.domain.entities.stock import OutOfStock, StockLevel
from tests.builders import a_level, a_line


def shares(items: list[OrderItem], levels: list[StockLevel]) -> list[tuple[int, int, int]]:
    """Line, location and quantity of each part."""
    return [
        (part.item_id, part.level.location_id, part.quantity) for part in allocate(items, levels)
    ]


def test_a_line_is_served_whole_by_the_first_location_that_can() -> None:
    levels = [a_level(2, location_id=1), a_level(5, location_id=2), a_level(9, location_id=3)]

    assert shares([a_line(quantity=5)], levels) == [(1, 2, 5)]


def test_the_last_unit_can_be_had() -> None:
    assert shares([a_line(quantity=5)], [a_level(8, reserved=3)]) == [(1, 1, 5)]


def test_a_line_that_nobody_can_serve_whole_comes_from_several_in_location_order() -> None:
    levels = [a_level(4, location_id=3), a_level(2, location_id=1), a_level(0, location_id=2)]

    assert shares([a_line(quantity=5)], levels) == [(1, 1, 2), (1, 3, 3)]


def test_what_is_reserved_is_not_free() -> None:
    with pytest.raises(OutOfStock) as refused:
        allocate([a_line(quantity=3)], [a_level(10, reserved=8)])

    assert refused.value.facts == {"product_id": 1, "available": 2}


def test_lines_of_one_product_share_what_is_there() -> None:
    lines = [a_line(1, quantity=3), a_line(2, quantity=2)]

    assert shares(lines, [a_level(5)]) == [(1, 1, 3), (2, 1, 2)]
    with pytest.raises(OutOfStock) as refused:
        allocate(lines, [a_level(4)])
    assert refused.value.facts["available"] == 1


def test_each_product_comes_from_its_own_shelf() -> None:
    lines = [a_line(1, product_id=8, quantity=1), a_line(2, product_id=9, quantity=2)]
    levels = [a_level(2, product_id=9), a_level(1, product_id=8)]

    assert shares(lines, levels) == [(1, 1, 1), (2, 1, 2)]


def test_all_lines_are_served_or_none_is_and_no_level_is_touched() -> None:
    plenty, none = a_level(10, product_id=1), a_level(0, product_id=2)

    with pytest.raises(OutOfStock) as refused:
        allocate([a_line(1, product_id=1), a_line(2, product_id=2)], [plenty, none])

    assert refused.value.facts == {"product_id": 2, "available": 0}
    assert (plenty.reserved, none.reserved) == (0, 0)


def test_allocating_decides_and_reserves_nothing() -> None:
    level = a_level(5)

    allocate([a_line(quantity=5)], [level])

    assert level.reserved == 0


def test_a_product_without_any_shelf_is_out_of_stock() -> None:
    with pytest.raises(OutOfStock):
        allocate([a_line()], [])


def test_an_untracked_line_needs_no_stock() -> None:
    assert shares([a_line(1, tracked=False), a_line(2)], [a_level(2)]) == [(2, 1, 2)]


def test_what_no_location_has_is_promised_by_the_first_when_backorder_is_allowed() -> None:
    levels = [
        a_level(1, location_id=2, backorder=True),
        a_level(2, location_id=1, backorder=True),
    ]

    assert shares([a_line(quantity=10)], levels) == [(1, 1, 9), (1, 2, 1)]


@pytest.mark.parametrize(("overdrawn", "expected"), [(1, [(1, 1, 1), (1, 2, 3)]), (2, [(1, 1, 4)])])
def test_a_shelf_that_is_promised_beyond_its_stock_lends_nothing_to_another(
    overdrawn: int, expected: list[tuple[int, int, int]]
) -> None:
    levels = [
        a_level(3, reserved=7 if place == overdrawn else 0, location_id=place, backorder=True)
        for place in (1, 2)
    ]

    assert shares([a_line(quantity=4)], levels) == expected


def test_backorder_is_not_needed_while_there_is_enough() -> None:
    levels = [a_level(0, location_id=1, backorder=True), a_level(4, location_id=2, backorder=True)]

    assert shares([a_line(quantity=4)], levels) == [(1, 2, 4)]
