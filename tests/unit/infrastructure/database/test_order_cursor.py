import base64
import string
from datetime import UTC, datetime

import pytest

from orderwright.domain.interfaces.order_reader import InvalidCursor, OrderSort
from orderwright.infrastructure.database.readers.order_cursor import OrderCursor, sort_columns

_NOON = datetime(2026, 11, 23, 12, 0, 0, 5, UTC)
CURSORS = [
    OrderCursor(OrderSort.NEWEST, _NOON, 7),
    OrderCursor(OrderSort.CHEAPEST, 125_000, 2**63 - 1),
    OrderCursor(OrderSort.LOWEST_ID, 7, 7),
]


@pytest.mark.parametrize("cursor", CURSORS, ids=lambda cursor: cursor.sort.value)
def test_a_cursor_comes_back_as_it_was_given(cursor: OrderCursor) -> None:
    assert OrderCursor.parse(str(cursor), cursor.sort) == cursor


@pytest.mark.parametrize("cursor", CURSORS, ids=lambda cursor: cursor.sort.value)
def test_a_cursor_with_any_character_changed_or_missing_is_refused(cursor: OrderCursor) -> None:
    text = str(cursor)
    for place in range(len(text)):
        for other in {*string.ascii_letters, *string.digits, "-", "_", "=", "é", ""} - {
            text[place]
        }:
            with pytest.raises(InvalidCursor):
                OrderCursor.parse(text[:place] + other + text[place + 1 :], cursor.sort)


@pytest.mark.parametrize("more", ["=", "==", "A", "!", " ", "\n", "."])
def test_a_cursor_with_anything_added_is_refused(more: str) -> None:
    for cursor in CURSORS:
        for text in (f"{cursor}{more}", f"{more}{cursor}"):
            with pytest.raises(InvalidCursor):
                OrderCursor.parse(text, cursor.sort)


PLACES = [
    "",
    "[]",
    '["-id",1]',
    '["-id",1,1,1]',
    '["-id",true,1]',
    '["-id",1.5,1]',
    '["-id",1,"1"]',
    '["-id",1,9223372036854775808]',
    '["-id",-9223372036854775809,1]',
    '["name",1,1]',
    '["-created_at","2026-11-23T12:00:00",1]',
    '["-created_at",NaN,1]',
    '{"sort":"-id"}',
    "[" * 100_000,
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[:40])
def test_what_is_no_place_in_a_list_is_refused(place: str) -> None:
    for text in (place, f"    {place}"):
        with pytest.raises(InvalidCursor):
            OrderCursor.parse(
                base64.urlsafe_b64encode(text.encode()).decode().rstrip("="), OrderSort.HIGHEST_ID
            )


def test_every_sort_ends_with_the_id() -> None:
    assert {sort: sort_columns(sort)[-1].name for sort in OrderSort} == dict.fromkeys(
        OrderSort, "id"
    )
