"""Webhook endpoints, deliveries and their attempts."""

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from orderwright.infrastructure.database.types import BigInt, Json, String_, UtcDateTime

revision = "2026_11_28_1735"
down_revision = "2026_11_28_1725"
branch_labels = None
depends_on = None

_TABLES = ("webhook_endpoints", "webhook_deliveries", "webhook_attempts")


def upgrade() -> None:
    _make_endpoints()
    _make_deliveries()
    _make_attempts()
    pending, finished = "state = 'pending'", "finished_at IS NOT NULL"
    _index("due", ["endpoint_id", "due_at"], pending)
    _index("turn", ["endpoint_id", "aggregate", "aggregate_id", "position"], pending)
    _index("finished", ["finished_at"], finished)
    op.create_index("ix_webhook_deliveries_listed", "webhook_deliveries", ["endpoint_id", "id"])


def downgrade() -> None:
    for name in reversed(_TABLES):
        op.drop_table(name)


def _make_endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        Column("id", BigInt, Identity(), nullable=False),
        Column("url", String_(2_000), nullable=False),
        Column("description", String_(200), nullable=False),
        Column("events", Json, nullable=False),
        Column("payload", _code(), nullable=False),
        Column("envelope", _code(), nullable=False),
        Column("status", _code(), nullable=False),
        Column("disabled_reason", _code()),
        Column("disabled_at", UtcDateTime),
        Column("secret", String_(500), nullable=False),
        Column("former_secret", String_(500)),
        Column("former_secret_until", UtcDateTime),
        Column("failing_since", UtcDateTime),
        Column("created_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        Column("version", BigInt, nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
        sqlite_strict=True,
    )


def _make_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        Column("id", BigInt, Identity(), nullable=False),
        Column("endpoint_id", BigInt, nullable=False),
        Column("position", BigInt),
        Column("event_type", String_(64), nullable=False),
        Column("aggregate", String_(32)),
        Column("aggregate_id", BigInt),
        Column("state", _code(), nullable=False),
        Column("attempts", BigInt, nullable=False),
        Column("fence", BigInt, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("due_at", UtcDateTime, nullable=False),
        Column("lease_until", UtcDateTime),
        Column("finished_at", UtcDateTime),
        Column("last_status", BigInt),
        Column("last_error", String_(64)),
        CheckConstraint(
            "(state = 'pending') = (finished_at IS NULL)",
            name=op.f("ck_webhook_deliveries_open_or_finished"),
        ),
        ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name=op.f("fk_webhook_deliveries_endpoint_id"),
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        UniqueConstraint(
            "endpoint_id", "position", name=op.f("uq_webhook_deliveries_endpoint_id_position")
        ),
        sqlite_strict=True,
    )


def _make_attempts() -> None:
    op.create_table(
        "webhook_attempts",
        Column("delivery_id", BigInt, nullable=False),
        Column("number", BigInt, nullable=False),
        Column("started_at", UtcDateTime, nullable=False),
        Column("duration_ms", BigInt, nullable=False),
        Column("request_headers", Json, nullable=False),
        Column("request_body", String_(2_000), nullable=False),
        Column("status", BigInt),
        Column("error", String_(64)),
        Column("response_headers", Json, nullable=False),
        Column("response_body", String_(2_000), nullable=False),
        ForeignKeyConstraint(
            ["delivery_id"],
            ["webhook_deliveries.id"],
            name=op.f("fk_webhook_attempts_delivery_id"),
        ),
        PrimaryKeyConstraint("delivery_id", "number", name=op.f("pk_webhook_attempts")),
        sqlite_strict=True,
    )


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(
        f"ix_webhook_deliveries_{name}",
        "webhook_deliveries",
        columns,
        postgresql_where=text(where),
        sqlite_where=text(where),
    )


def _code() -> TypeEngine[str]:
    return String(32).with_variant(Text(), "sqlite")
