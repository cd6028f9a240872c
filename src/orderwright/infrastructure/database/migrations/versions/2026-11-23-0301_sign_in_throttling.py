"""What guessing passwords leaves behind."""

revision = "2026_11_23_0301"
down_revision = "2026_11_22_0900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
