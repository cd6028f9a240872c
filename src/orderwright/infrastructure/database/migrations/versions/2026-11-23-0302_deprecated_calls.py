"""Who still calls what is on its way out."""

revision = "2026_11_23_0302"
down_revision = "2026_11_23_0301"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
