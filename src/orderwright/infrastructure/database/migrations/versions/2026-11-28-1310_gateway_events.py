"""What payment gateways have told, so that it is heard once."""

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint

from orderwright.infrastructure.database.types import BigInt, String_, UtcDateTime

revision = "2026_11_28_1310"
down_revision = "2026_11_23_0304"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gateway_events",
        Column("provider", String_(50), nullable=False),
        Column("event_id", String_(255), nullable=False),
        Column("reference", String_(255)),
        Column("order_id", BigInt),
        Column("received_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("provider", "event_id", name="pk_gateway_events"),
        sqlite_strict=True,
    )
    op.create_index("ix_gateway_events_received_at", "gateway_events", ["received_at"])


def downgrade() -> None:
    op.drop_table("gateway_events")
