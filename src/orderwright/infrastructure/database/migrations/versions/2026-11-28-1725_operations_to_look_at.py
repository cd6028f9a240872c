"""A finished payment operation may need a person too: money that the gateway took twice."""

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
from sqlalchemy.types import TypeEngine

from orderwright.infrastructure.database.types import BigInt, String_, UtcDateTime

revision = "2026_11_28_1725"
down_revision = "2026_11_28_1715"
branch_labels = None
depends_on = None

_TABLE = "payment_operations"
_CHECK = "ck_payment_operations_open_ones_are_looked_after"
_OPEN = "state IN ('planned', 'sent', 'unknown')"
_SOMEBODY = "due_at IS NOT NULL OR attention_at IS NOT NULL"
_BEFORE = f"({_OPEN}) = ({_SOMEBODY})"
_NOW = f"CASE WHEN {_OPEN} THEN {_SOMEBODY} ELSE due_at IS NULL END"


def upgrade() -> None:
    _change(_BEFORE, _NOW)


def downgrade() -> None:
    op.execute(f"UPDATE {_TABLE} SET attention_at = NULL WHERE NOT ({_OPEN})")  # noqa: S608
    _change(_NOW, _BEFORE)


def _change(before: str, after: str) -> None:
    with op.batch_alter_table(_TABLE, copy_from=_payment_operations(before)) as table:
        table.drop_constraint(op.f(_CHECK), type_="check")
        table.create_check_constraint(op.f(_CHECK), after)


def _payment_operations(rule: str) -> Table:
    """SQLite alters a table by building another; this is what it copies."""
    return Table(
        _TABLE,
        MetaData(),
        Column("id", String_(36), nullable=False),
        Column("payment_id", String_(36), nullable=False),
        Column("kind", _code(32), nullable=False),
        Column("amount_minor", BigInt, nullable=False),
        Column("currency", _code(3), nullable=False),
        Column("state", _code(32), nullable=False),
        Column("sends", BigInt, nullable=False),
        Column("planned_at", UtcDateTime, nullable=False),
        Column("sent_at", UtcDateTime),
        Column("finished_at", UtcDateTime),
        Column("error_code", String_(64)),
        Column("first_sent_at", UtcDateTime),
        Column("due_at", UtcDateTime),
        Column("attention_at", UtcDateTime),
        CheckConstraint("amount_minor > 0", name=op.f("ck_payment_operations_amount_positive")),
        CheckConstraint(rule, name=op.f(_CHECK)),
        ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name="fk_payment_operations_payment_id"
        ),
        PrimaryKeyConstraint("id", name="pk_payment_operations"),
        Index("ix_payment_operations_payment_id", "payment_id"),
        *(_partial_index(name) for name in ("due", "attention")),
        sqlite_strict=True,
    )


def _partial_index(name: str) -> Index:
    where = text(f"{name}_at IS NOT NULL")
    return Index(
        f"ix_payment_operations_{name}",
        f"{name}_at",
        postgresql_where=where,
        sqlite_where=where,
    )


def _code(length: int) -> TypeEngine[str]:
    return String(length).with_variant(Text(), "sqlite")
