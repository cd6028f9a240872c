"""Tasks that succeeded, by when: the oldest are deleted."""

from alembic import op
from sqlalchemy import text

revision = "2026_11_29_0230"
down_revision = "2026_11_28_1750"
branch_labels = None
depends_on = None

_SUCCEEDED = text("state = 'succeeded'")


def upgrade() -> None:
    op.create_index(
        "ix_tasks_succeeded",
        "tasks",
        ["finished_at"],
        postgresql_where=_SUCCEEDED,
        sqlite_where=_SUCCEEDED,
    )


def downgrade() -> None:
    op.drop_index("ix_tasks_succeeded", "tasks")
