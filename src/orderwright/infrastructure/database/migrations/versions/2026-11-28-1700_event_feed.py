"""A position for every event, given when it becomes visible, and those who follow them.

The events that are there get theirs in the order in which they were written.
"""

from alembic import op
from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint, UniqueConstraint, text

from orderwright.infrastructure.database.types import BigInt, String_, UtcDateTime

revision = "2026_11_28_1700"
down_revision = "2026_11_28_1330"
branch_labels = None
depends_on = None

_SQLITE_TRIGGER = """
CREATE TRIGGER events_into_outbox AFTER INSERT ON events
BEGIN INSERT INTO outbox (event_id) VALUES (NEW.id); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION put_into_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO outbox (event_id) SELECT id FROM written; RETURN NULL; END $$
"""
_POSTGRES_TRIGGER = """
CREATE TRIGGER events_into_outbox AFTER INSERT ON events
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION put_into_outbox()
"""


def upgrade() -> None:
    _make_outbox()
    _make_feed()
    _make_consumers()
    _make_parked()
    # First the trigger, whose lock keeps others from writing: what they write after is in the outbox.
    _make_trigger()
    op.execute(
        "INSERT INTO event_feed (position, event_id, name, visible_at)"
        " SELECT row_number() OVER (ORDER BY id), id, name, MAX(occurred_at) OVER (ORDER BY id)"
        " FROM events"
    )
    op.execute(
        "INSERT INTO event_feed_head (id, position)"
        " SELECT 1, COALESCE(MAX(position), 0) FROM event_feed"
    )
    op.create_index("ix_event_feed_name", "event_feed", ["name", "position"])


def downgrade() -> None:
    on_postgresql = _is_postgresql()
    op.execute("DROP TRIGGER events_into_outbox" + (" ON events" if on_postgresql else ""))
    if on_postgresql:
        op.execute("DROP FUNCTION put_into_outbox()")
    for name in ("parked_events", "event_consumers", "event_feed_head", "event_feed", "outbox"):
        op.drop_table(name)


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        Column("event_id", BigInt, autoincrement=False, nullable=False),
        PrimaryKeyConstraint("event_id", name="pk_outbox"),
        sqlite_strict=True,
    )


def _make_feed() -> None:
    op.create_table(
        "event_feed",
        Column("position", BigInt, autoincrement=False, nullable=False),
        Column("event_id", BigInt, nullable=False),
        Column("name", String_(64), nullable=False),
        Column("visible_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("position", name="pk_event_feed"),
        UniqueConstraint("event_id", name="uq_event_feed_event_id"),
        CheckConstraint("position > 0", name=op.f("ck_event_feed_position_positive")),
        sqlite_strict=True,
    )
    op.create_table(
        "event_feed_head",
        Column("id", BigInt, autoincrement=False, nullable=False),
        Column("position", BigInt, nullable=False),
        PrimaryKeyConstraint("id", name="pk_event_feed_head"),
        CheckConstraint("id = 1", name=op.f("ck_event_feed_head_only_one")),
        sqlite_strict=True,
    )


def _make_consumers() -> None:
    op.create_table(
        "event_consumers",
        Column("name", String_(64), nullable=False),
        Column("position", BigInt, nullable=False),
        Column("attempts", BigInt, nullable=False),
        Column("fence", BigInt, nullable=False),
        Column("lease_until", UtcDateTime),
        PrimaryKeyConstraint("name", name="pk_event_consumers"),
        sqlite_strict=True,
    )


def _make_parked() -> None:
    op.create_table(
        "parked_events",
        Column("consumer", String_(64), nullable=False),
        Column("position", BigInt, nullable=False),
        Column("aggregate", String_(32), nullable=False),
        Column("aggregate_id", BigInt, nullable=False),
        Column("attempts", BigInt, nullable=False),
        Column("due_at", UtcDateTime, nullable=False),
        Column("dead_at", UtcDateTime),
        Column("code", String_(64)),
        Column("detail", String_(500)),
        PrimaryKeyConstraint("consumer", "position", name="pk_parked_events"),
        sqlite_strict=True,
    )
    for name, columns, where in (
        ("waiting", ["consumer", "aggregate", "aggregate_id", "position"], "dead_at IS NULL"),
        ("due", ["consumer", "due_at"], "dead_at IS NULL"),
        ("dead", ["dead_at"], "dead_at IS NOT NULL"),
    ):
        op.create_index(
            f"ix_parked_events_{name}",
            "parked_events",
            columns,
            postgresql_where=text(where),
            sqlite_where=text(where),
        )


def _make_trigger() -> None:
    if not _is_postgresql():
        op.execute(_SQLITE_TRIGGER)
        return
    op.execute(_POSTGRES_FUNCTION)
    op.execute(_POSTGRES_TRIGGER)


def _is_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"
