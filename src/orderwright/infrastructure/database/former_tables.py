"""Tables as they were when a migration was written. SQLite alters a table by building another, and this is
what it copies. Migrations are history: nothing here changes any more, but by being added to."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from orderwright.infrastructure.database.types import BigInt, String_, UtcDateTime


def former_table(name: str, *parts: SchemaItem) -> Table:
    return Table(name, MetaData(), *parts, sqlite_strict=True)


def code(length: int) -> TypeEngine[str]:
    return String(length).with_variant(Text(), "sqlite")


def check(name: str, rule: str) -> CheckConstraint:
    return CheckConstraint(rule, name=op.f(name))


def index_where_set(name: str, column: str) -> Index:
    where = text(f"{column} IS NOT NULL")
    return Index(name, column, postgresql_where=where, sqlite_where=where)


def payment_operations(*more: SchemaItem) -> Table:
    return former_table(
        "payment_operations",
        Column("id", String_(36), nullable=False),
        Column("payment_id", String_(36), nullable=False),
        Column("kind", code(32), nullable=False),
        Column("amount_minor", BigInt, nullable=False),
        Column("currency", code(3), nullable=False),
        Column("state", code(32), nullable=False),
        Column("sends", BigInt, nullable=False),
        Column("planned_at", UtcDateTime, nullable=False),
        Column("sent_at", UtcDateTime),
        Column("finished_at", UtcDateTime),
        Column("error_code", String_(64)),
        Column("first_sent_at", UtcDateTime),
        Column("due_at", UtcDateTime),
        Column("attention_at", UtcDateTime),
        check("ck_payment_operations_amount_positive", "amount_minor > 0"),
        ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name="fk_payment_operations_payment_id"
        ),
        PrimaryKeyConstraint("id", name="pk_payment_operations"),
        Index("ix_payment_operations_payment_id", "payment_id"),
        *more,
    )
