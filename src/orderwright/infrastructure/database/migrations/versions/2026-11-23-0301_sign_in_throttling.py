"""What guessing passwords leaves behind."""

from alembic import op
from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint

from orderwright.infrastructure.database.types import BigInt, String_, UtcDateTime

revision = "2026_11_23_0301"
down_revision = "2026_11_22_0900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_tallies",
        Column("subject", String_(64), nullable=False),
        Column("failures", BigInt, nullable=False),
        Column("wait_until", UtcDateTime, nullable=False),
        Column("expires_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("subject", name=op.f("pk_sign_in_tallies")),
        CheckConstraint("failures >= 0", name=op.f("ck_sign_in_tallies_failures_not_negative")),
        sqlite_strict=True,
    )
    op.create_index("ix_sign_in_tallies_expires_at", "sign_in_tallies", ["expires_at"])


def downgrade() -> None:
    op.drop_table("sign_in_tallies")
