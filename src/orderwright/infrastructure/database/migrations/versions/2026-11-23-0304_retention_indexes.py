"""Indexes by which what has expired is found."""

from alembic import op

revision = "2026_11_23_0304"
down_revision = "2026_11_23_0303"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_refresh_tokens_expires_at", "refresh_tokens", ["expires_at"])


def downgrade() -> None:
    op.drop_index("ix_refresh_tokens_expires_at", "refresh_tokens")
