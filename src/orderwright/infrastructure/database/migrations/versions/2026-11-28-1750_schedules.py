"""What is done every so often, and by whom right now; and the tasks that ended badly, to be listed."""

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, text

from orderwright.infrastructure.database.types import BigInt, String_, UtcDateTime

revision = "2026_11_28_1750"
down_revision = "2026_11_28_1742"
branch_labels = None
depends_on = None

_ENDED_BADLY = text("state IN ('dead', 'failed')")


def upgrade() -> None:
    op.create_table(
        "schedules",
        Column("name", String_(64), nullable=False),
        Column("due_at", UtcDateTime, nullable=False),
        Column("fence", BigInt, nullable=False),
        Column("lease_until", UtcDateTime),
        Column("last_run_at", UtcDateTime),
        Column("last_error", String_(255)),
        PrimaryKeyConstraint("name", name="pk_schedules"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_tasks_ended_badly",
        "tasks",
        ["state", "id"],
        postgresql_where=_ENDED_BADLY,
        sqlite_where=_ENDED_BADLY,
    )


def downgrade() -> None:
    op.drop_index("ix_tasks_ended_badly", "tasks")
    op.drop_table("schedules")
