"""When the gateway is to be asked for an open payment operation, since when it may have been
executed, and since when a person has to look at it."""

from alembic import op
from sqlalchemy import Column, text

from orderwright.infrastructure.database.former_tables import check, payment_operations
from orderwright.infrastructure.database.types import UtcDateTime

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
    with op.batch_alter_table(_TABLE, copy_from=payment_operations()) as table:
        table.create_check_constraint(op.f(_CHECK), _LOOKED_AFTER)
    for name in ("due", "attention"):
        _partial_index(name, f"{name}_at", f"{name}_at IS NOT NULL")


def downgrade() -> None:
    for name in ("due", "attention"):
        op.drop_index(f"ix_payment_operations_{name}", _TABLE)
    with op.batch_alter_table(
        _TABLE, copy_from=payment_operations(check(_CHECK, _LOOKED_AFTER))
    ) as table:
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
