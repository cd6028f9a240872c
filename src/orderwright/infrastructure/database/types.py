"""Column types that mean the same on SQLite (STRICT tables) and on PostgreSQL.

SQLite's STRICT tables know INTEGER, TEXT, BLOB and REAL; nothing here is ever REAL.
"""

import json
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, DateTime, Dialect, Integer, LargeBinary, String, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import TypeCompiler
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

Bytes = LargeBinary

_STRICT: Final = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":"))


class NaiveTime(ValueError):
    """A time without a zone was about to be stored; which instant it means is anybody's guess."""


def strict_json(value: object) -> str:
    """Dump as RFC 8259 JSON; `NaN` and the infinities, which it lacks, raise ValueError."""
    return _STRICT.encode(value)


class BigInt(TypeDecorator[int]):
    """64 bits on both; as a primary key it numbers its rows by itself."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if _is_sqlite(dialect) else BigInteger())


class String_(TypeDecorator[str]):  # noqa: N801 - `String` is SQLAlchemy's
    """Text of at most `length` characters (SQLite leaves the limit to the edges of the service).

    Ordered by code point on both: under a language's collation the two databases would page
    through the same rows in different orders.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if _is_sqlite(dialect):
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(String(self.length, collation="C"))


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: TIMESTAMPTZ, or fixed-width text in UTC that sorts as time does."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if _is_sqlite(dialect) else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveTime(value.isoformat())
        instant = value.astimezone(UTC)
        return _fixed_width(instant) if _is_sqlite(dialect) else instant

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
        return instant.astimezone(UTC)


class Flag(Boolean):
    """BOOLEAN, or INTEGER 0 and 1."""

    cache_ok = True


@compiles(Flag, "sqlite")
def _flag_on_sqlite(_type: Flag, _compiler: TypeCompiler, **_options: Any) -> str:
    return "INTEGER"


class Json(TypeDecorator[Any]):
    """JSON, which nobody queries inside: both databases give back the members in the order they came
    in, so both answer the same bytes. Python's None is NULL; exact numbers go as text."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if _is_sqlite(dialect):
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(postgresql.JSON(none_as_null=True))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return strict_json(value) if value is not None and _is_sqlite(dialect) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return json.loads(value) if value is not None and _is_sqlite(dialect) else value


def _is_sqlite(dialect: Dialect) -> bool:
    return dialect.name == "sqlite"


def _fixed_width(instant: datetime) -> str:
    return instant.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
