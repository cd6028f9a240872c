"""An index for the filters of products and stock that had none; references only of orders that have
one."""

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
    op.create_index("ix_products_active", "products", ["active", "id"])
    op.create_index("ix_stock_levels_location", "stock_levels", ["location_id", "product_id"])


def downgrade() -> None:
    op.drop_index("ix_stock_levels_location", "stock_levels")
    op.drop_index("ix_products_active", "products")
    op.drop_index("ix_orders_reference", "orders")
    op.create_index("ix_orders_reference", "orders", ["reference"])
