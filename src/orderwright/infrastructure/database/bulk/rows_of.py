from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Column, Dialect, Table
from sqlalchemy.types import TypeEngine

from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.bulk.sheet import Row
from orderwright.infrastructure.database.domain_types import Choice, CurrencyCode
from orderwright.infrastructure.database.types import Flag, Json, UtcDateTime

# The databases number these rows by themselves.
_NUMBERED: Final = frozenset({tables.events, tables.stock_movements})

# The moment, the status and the currency of one order go into many rows of many tables.
_SMALL: Final = (UtcDateTime(), Choice(StrEnum), CurrencyCode(), Flag())
_REMEMBERED: Final = 8_192

Convert = Callable[[Any], Any]
Values = Mapping[str, Any]  # by column


class RowsOf:
    """How the rows of one table are written in one dialect."""

    def __init__(self, table: Table, dialect: Dialect) -> None:
        written = [column for column in table.columns if not _filled_by_database(column)]
        self.table = table.name
        self.types = tuple(column.type.compile(dialect) for column in written)
        self.columns = tuple(column.name for column in written)
        self._columns = tuple((column.name, _converter(column, dialect)) for column in written)

    def __call__(self, values: Iterable[Values]) -> list[Row]:
        """What is not named is NULL."""
        return [*zip(*self.by_column(values), strict=True)]

    def by_column(self, values: Iterable[Values]) -> list[list[Any]]:
        """The same the other way round, which costs half as much to make."""
        listed = list(values)
        return [_written(listed, *each) for each in self._columns]


def _filled_by_database(column: Column[Any]) -> bool:
    if column.identity is not None:
        return column.table in _NUMBERED
    return column.server_default is not None


def converter_of(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    """How the columns of this kind are written, many times over: it remembers what it converted."""
    return _remembering(kind, dialect) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _written(values: Sequence[Values], name: str, convert: Convert | None) -> list[Any]:
    column = [each.get(name) for each in values]
    return column if convert is None else [*map(convert, column)]


def _converter(column: Column[Any], dialect: Dialect) -> Convert | None:
    for small in _SMALL:
        if isinstance(column.type, type(small)):
            return _remembering(small, dialect)
    convert = _bind_processor(column.type, dialect)
    return _unless_encoded(convert) if isinstance(column.type, Json) and convert else convert


def _unless_encoded(convert: Convert) -> Convert:
    """JSON may come as bytes already, which is quicker where the shape is known."""
    return lambda value: value.decode() if isinstance(value, bytes) else convert(value)


@lru_cache
def _remembering(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    convert = _bind_processor(kind, dialect)
    return lru_cache(_REMEMBERED)(convert) if convert else None


def _bind_processor(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)
