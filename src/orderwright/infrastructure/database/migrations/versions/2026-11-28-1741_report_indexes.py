"""Indexes by which a report finds what came back in a stretch of time."""

from alembic import op
from sqlalchemy import text

revision = "2026_11_28_1741"
down_revision = "2026_11_28_1735"
branch_labels = None
depends_on = None

_RECEIVED = text("received_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_refunds_created_at", "refunds", ["created_at"])
    op.create_index(
        "ix_returns_received_at",
        "returns",
        ["received_at"],
        postgresql_where=_RECEIVED,
        sqlite_where=_RECEIVED,
    )


def downgrade() -> None:
    op.drop_index("ix_returns_received_at", "returns")
    op.drop_index("ix_refunds_created_at", "refunds")
