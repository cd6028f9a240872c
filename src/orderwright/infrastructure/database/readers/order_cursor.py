"""Where a page of orders ended: opaque to clients, and bound to the sort it was made for."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, FromClause, tuple_

from orderwright.domain.interfaces.order_reader import InvalidCursor, OrderSort
from orderwright.infrastructure.database import tables

_orders: Final = tables.orders.c
_SORT_COLUMNS: Final[dict[OrderSort, Column[Any]]] = {
    OrderSort.NEWEST: _orders.created_at,
    OrderSort.OLDEST: _orders.created_at,
    OrderSort.DEAREST: _orders.total_ten_thousandths,
    OrderSort.CHEAPEST: _orders.total_ten_thousandths,
    OrderSort.HIGHEST_ID: _orders.id,
    OrderSort.LOWEST_ID: _orders.id,
}
_NOT_OURS: Final = "the cursor is not one that this service gave"
_CHECK_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class OrderCursor:
    sort: OrderSort
    value: datetime | int
    order_id: int

    @classmethod
    def parse(cls, text: str, sort: OrderSort) -> OrderCursor:
        """Raises: InvalidCursor."""
        try:
            cursor = _read(text)
        except (ValueError, TypeError, RecursionError) as error:
            raise InvalidCursor(_NOT_OURS) from error
        if str(cursor) != text:  # cut, changed, or written in another way
            raise InvalidCursor(_NOT_OURS)
        if cursor.sort != sort:
            raise InvalidCursor("the cursor belongs to a list sorted otherwise")
        return cursor

    def __str__(self) -> str:
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        place = json.dumps([str(self.sort), value, self.order_id], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(_check(place) + place).decode().rstrip("=")

    def is_beyond(self, value: datetime | int) -> bool:
        """Nothing behind the cursor comes before `value`."""
        here: Any = self.value
        return bool(here <= value if _descends(self.sort) else here >= value)

    def after(self) -> ColumnElement[bool]:
        """What comes behind the cursor in its sort."""
        return behind(self.sort, self.value, self.order_id)


def behind(sort: OrderSort, value: Any, order_id: Any) -> ColumnElement[bool]:
    """What comes after that place in a list."""
    columns = sort_columns(sort)
    there = [value, order_id][-len(columns) :]
    here = tuple_(*columns)
    beyond = tuple_(*there, types=[column.type for column in columns])
    return here < beyond if _descends(sort) else here > beyond


def sort_column(sort: OrderSort) -> Column[Any]:
    return _SORT_COLUMNS[sort]


def sort_columns(sort: OrderSort) -> list[Column[Any]]:
    return list(dict.fromkeys([_SORT_COLUMNS[sort], _orders.id]))


def order_by(sort: OrderSort, among: FromClause = tables.orders) -> list[ColumnElement[Any]]:
    columns = [among.c[column.name] for column in sort_columns(sort)]
    return [column.desc() if _descends(sort) else column.asc() for column in columns]


def sort_value(sort: OrderSort, row: Any) -> datetime | int:
    value: datetime | int = getattr(row, _SORT_COLUMNS[sort].name)
    return value


def _descends(sort: OrderSort) -> bool:
    return sort.value.startswith("-")


def _read(text: str) -> OrderCursor:
    decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    name, value, order_id = json.loads(decoded[_CHECK_BYTES:])
    sort = OrderSort(name)
    return OrderCursor(sort, _value(sort, value), _number(order_id))


def _check(place: bytes) -> bytes:
    """Against what cuts and garbles. Who makes a cursor up sees no more than who asks without one."""
    return zlib.crc32(place).to_bytes(_CHECK_BYTES)


def _value(sort: OrderSort, value: object) -> datetime | int:
    if _SORT_COLUMNS[sort] is not _orders.created_at:
        return _number(value)
    moment = datetime.fromisoformat(str(value))
    # Near the ends of the calendar, a time of another zone has none in UTC.
    if moment.tzinfo is not UTC:
        raise ValueError("a cursor's time is in UTC")
    return moment


def _number(value: object) -> int:
    if type(value) is not int or abs(value) >= 2**63:
        raise ValueError("not a number of ours")
    return value
