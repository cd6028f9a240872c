"""A finished payment operation may need a person too: money that the gateway took twice."""

from alembic import op
from sqlalchemy import Table

from orderwright.infrastructure.database.former_tables import (
    check,
    index_where_set,
    payment_operations,
)

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
    return payment_operations(
        check(_CHECK, rule),
        index_where_set("ix_payment_operations_due", "due_at"),
        index_where_set("ix_payment_operations_attention", "attention_at"),
    )
