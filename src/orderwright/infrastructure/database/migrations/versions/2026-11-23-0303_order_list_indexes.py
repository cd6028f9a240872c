"""Keep only orders that have a reference in the index of references."""

from alembic import op
from sqlalchemy import text

revision = "2026_11_23_0303"
down_revision = "2026_11_23_0302"
branch_labels = None
depends_on = None

_HAS_ONE = text("reference IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_orders_reference", "orders")
    op.create_index(
        "ix_orders_reference",
        "orders",
        ["reference"],
        postgresql_where=_HAS_ONE,
        sqlite_where=_HAS_ONE,
    )


def downgrade() -> None:
    op.drop_index("ix_orders_reference", "orders")
    op.create_index("ix_orders_reference", "orders", ["reference"])
