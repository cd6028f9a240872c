"""When the gateway is to be asked for an open payment operation, since when it may have been
executed, and since when a person has to look at it."""

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

revision = "2026_11_28_1330"
down_revision = "2026_11_28_1310"
branch_labels = None
depends_on = None

_TABLE = "payment_operations"
_CHECK = "ck_payment_operations_open_ones_are_looked_after"
_OPEN = "state IN ('planned', 'sent', 'unknown')"
_LOOKED_AFTER = f"({_OPEN}) = (due_at IS NOT NULL OR attention_at IS NOT NULL)"
_NEW = ("first_sent_at", "due_at", "attention_at")


def upgrade() -> None:
    for name in _NEW:
        op.add_column(_TABLE, Column(name, UtcDateTime))
    op.execute("UPDATE payment_operations SET first_sent_at = sent_at")
    op.execute(f"UPDATE payment_operations SET due_at = planned_at WHERE {_OPEN}")  # noqa: S608
    op.drop_index("ix_payment_operations_open", _TABLE)
    with op.batch_alter_table(_TABLE, copy_from=_with_new_columns()) as table:
        table.create_check_constraint(op.f(_CHECK), _LOOKED_AFTER)
    for name in ("due", "attention"):
        _partial_index(name, f"{name}_at", f"{name}_at IS NOT NULL")


def downgrade() -> None:
    for name in ("due", "attention"):
        op.drop_index(f"ix_payment_operations_{name}", _TABLE)
    with op.batch_alter_table(_TABLE, copy_from=_with_new_columns(_check())) as table:
        table.drop_constraint(op.f(_CHECK), type_="check")
        for name in _NEW:
            table.drop_column(name)
    _partial_index("open", "planned_at", _OPEN)


def _partial_index(name: str, column: str, where: str) -> None:
    op.create_index(
        f"ix_payment_operations_{name}",
        _TABLE,
        [column],
        postgresql_where=text(where),
        sqlite_where=text(where),
    )


def _check() -> CheckConstraint:
    return CheckConstraint(_LOOKED_AFTER, name=op.f(_CHECK))


def _with_new_columns(*checks: CheckConstraint) -> Table:
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
        *(Column(name, UtcDateTime) for name in _NEW),
        CheckConstraint("amount_minor > 0", name=op.f("ck_payment_operations_amount_positive")),
        *checks,
        ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name="fk_payment_operations_payment_id"
        ),
        PrimaryKeyConstraint("id", name="pk_payment_operations"),
        Index("ix_payment_operations_payment_id", "payment_id"),
        sqlite_strict=True,
    )


def _code(length: int) -> TypeEngine[str]:
    return String(length).with_variant(Text(), "sqlite")
