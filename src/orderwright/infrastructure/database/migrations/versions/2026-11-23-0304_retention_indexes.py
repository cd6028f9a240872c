"""Indexes by which what has expired is found."""

revision = "2026_11_23_0304"
down_revision = "2026_11_23_0303"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
