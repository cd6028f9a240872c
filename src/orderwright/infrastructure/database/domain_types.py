"""Columns that hold the domain's own small values."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from orderwright.domain.value_objects.address import Address
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.event_filter import EventFilter
from orderwright.domain.value_objects.permission import Permission
from orderwright.infrastructure.database.types import Json, String_

E = TypeVar("E", bound=StrEnum)


class CurrencyCode(TypeDecorator[Currency]):
    """`Currency` as its ISO 4217 code."""

    impl = String(3)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else String(3))

    def process_bind_param(self, value: Currency | None, dialect: Dialect) -> str | None:
        return value.code if value is not None else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> Currency | None:
        return Currency.of(value) if value is not None else None


class Choice(TypeDecorator[E], Generic[E]):
    """A `StrEnum` as text: readable in the database, and a new member needs no type change."""

    impl = String(32)
    cache_ok = True

    def __init__(self, choices: type[E]) -> None:
        super().__init__()
        self.choices = choices

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else String(32))

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        return str(value) if value is not None else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        return self.choices(value) if value is not None else None


class AddressDocument(TypeDecorator[Address]):
    impl = Json
    cache_ok = True

    def process_bind_param(self, value: Address | None, dialect: Dialect) -> Any:
        return value.as_dict() if value is not None else None

    def process_result_value(self, value: Any, dialect: Dialect) -> Address | None:
        return Address(**value) if value is not None else None


class PermissionSet(TypeDecorator[frozenset[Permission]]):
    impl = Json
    cache_ok = True

    def process_bind_param(self, value: Iterable[Permission] | None, dialect: Dialect) -> Any:
        return sorted(str(each) for each in value) if value is not None else None

    def process_result_value(self, value: Any, dialect: Dialect) -> frozenset[Permission] | None:
        if value is None:
            return None
        return frozenset(Permission(each) for each in cast("list[str]", value))


def id_text() -> Any:
    """An id of our own making: 32 hexadecimal digits, or 36 with dashes."""
    return String_(36)


class EventFilterDocument(TypeDecorator[EventFilter]):
    impl = Json
    cache_ok = True

    def process_bind_param(self, value: EventFilter | None, dialect: Dialect) -> Any:
        return list(value.patterns) if value is not None else None

    def process_result_value(self, value: Any, dialect: Dialect) -> EventFilter | None:
        return EventFilter(tuple(value)) if value is not None else None
