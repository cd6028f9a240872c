"""Who still calls what is on its way out."""

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint

from orderwright.infrastructure.database.types import BigInt, String_, UtcDateTime

revision = "2026_11_23_0302"
down_revision = "2026_11_23_0301"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deprecated_calls",
        Column("caller", String_(100), nullable=False),
        Column("route", String_(200), nullable=False),
        Column("calls", BigInt, nullable=False),
        Column("first_at", UtcDateTime, nullable=False),
        Column("last_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("caller", "route", name="pk_deprecated_calls"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("deprecated_calls")
