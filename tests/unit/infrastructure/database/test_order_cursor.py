import base64
import string
import zlib
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


@pytest.mark.parametrize(
    ("sort", "moment"),
    [
        (OrderSort.NEWEST, "0001-01-01T00:00:00+23:59"),
        (OrderSort.OLDEST, "9999-12-31T23:59:59-23:59"),
        (OrderSort.NEWEST, "2026-11-23T12:00:00+01:00"),
        (OrderSort.NEWEST, "2026-11-23T12:00:00Z"),
        (OrderSort.NEWEST, "2026-11-23T12:00:00"),
        (OrderSort.NEWEST, "2026-11-23"),
    ],
)
def test_a_time_that_is_not_written_in_utc_as_here_is_refused(sort: OrderSort, moment: str) -> None:
    with pytest.raises(InvalidCursor):
        OrderCursor.parse(made_up(f'["{sort}","{moment}",1]'), sort)


def made_up(place: str) -> str:
    """With the check that anybody can compute."""
    checked = zlib.crc32(place.encode()).to_bytes(4) + place.encode()
    return base64.urlsafe_b64encode(checked).decode().rstrip("=")


@pytest.mark.parametrize("cursor", CURSORS, ids=lambda cursor: cursor.sort.value)
def test_a_cursor_made_up_as_the_service_makes_it_is_one(cursor: OrderCursor) -> None:
    value = f'"{cursor.value.isoformat()}"' if isinstance(cursor.value, datetime) else cursor.value
    text = made_up(f'["{cursor.sort}",{value},{cursor.order_id}]')

    assert OrderCursor.parse(text, cursor.sort) == cursor


def test_every_sort_ends_with_the_id() -> None:
    assert {sort: sort_columns(sort)[-1].name for sort in OrderSort} == dict.fromkeys(
        OrderSort, "id"
    )
