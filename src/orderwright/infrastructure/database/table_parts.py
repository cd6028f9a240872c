"""What tables are made of: the names of their constraints, and the columns that many have."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, ForeignKey, Identity, MetaData, Table

from orderwright.domain.value_objects.currency import Currency
from orderwright.infrastructure.database.domain_types import CurrencyCode, id_text
from orderwright.infrastructure.database.types import BigInt, Flag, Json, UtcDateTime

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def table(name: str, *parts: Any) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True)


def row_id() -> Column[int]:
    return Column("id", BigInt, Identity(), primary_key=True)


def text_id() -> Column[str]:
    return Column("id", id_text(), primary_key=True)


def references(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Any:
    return Column(name, ForeignKey(target), nullable=nullable, index=index)


def money(name: str) -> Column[int]:
    return Column(name, BigInt, nullable=False)


def counter(name: str) -> Column[int]:
    """At first 0, by the database: where rows are made in thousands nobody has to say so."""
    return Column(name, BigInt, nullable=False, server_default="0")


def currency() -> Column[Currency]:
    return Column("currency", CurrencyCode, nullable=False)


def at(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, UtcDateTime, nullable=nullable)


def version() -> Column[int]:
    return Column("version", BigInt, nullable=False)


def flag(name: str) -> Column[bool]:
    return Column(name, Flag, nullable=False)


def metadata_column() -> Column[Any]:
    return Column("metadata", Json, nullable=False)
