"""How events get from the transaction that wrote them to those who want to hear of them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, text

from orderwright.infrastructure.database.into_outbox import put_into_outbox
from orderwright.infrastructure.database.table_parts import at, metadata, table
from orderwright.infrastructure.database.types import BigInt, String_

NAME_CHARS_MAX: Final = 64
_NOT_DEAD: Final = text("dead_at IS NULL")
_DEAD: Final = text("dead_at IS NOT NULL")

# Events that have no position yet. A trigger puts them here (see into_outbox.py). No foreign key:
# events are never deleted, and looking each of them up would cost a placement as much as the row.
outbox = table("outbox", Column("event_id", BigInt, primary_key=True, autoincrement=False))

# Every event that was visible to a relay, in the order in which they became so. Positions have no gap.
event_feed = table(
    "event_feed",
    Column("position", BigInt, primary_key=True, autoincrement=False),
    Column("event_id", BigInt, nullable=False, unique=True),
    Column("name", String_(NAME_CHARS_MAX), nullable=False),
    at("visible_at"),  # never before that of an earlier position
    CheckConstraint("position > 0", name="position_positive"),
    Index("ix_event_feed_name", "name", "position"),
)

# One row: its lock is the right to give positions.
event_feed_head = table(
    "event_feed_head",
    Column("id", BigInt, primary_key=True, autoincrement=False),
    Column("position", BigInt, nullable=False),
    CheckConstraint("id = 1", name="only_one"),
)

# How far each consumer has come. `attempts` at what follows `position` are counted before they run.
event_consumers = table(
    "event_consumers",
    Column("name", String_(NAME_CHARS_MAX), primary_key=True),
    Column("position", BigInt, nullable=False),
    Column("attempts", BigInt, nullable=False),
    Column("fence", BigInt, nullable=False),
    at("lease_until", nullable=True),
)

# Events that a consumer could not take when their turn came, and those of the same aggregate that wait
# behind them.
parked_events = table(
    "parked_events",
    Column("consumer", String_(NAME_CHARS_MAX), nullable=False),
    Column("position", BigInt, nullable=False),
    Column("aggregate", String_(32), nullable=False),
    Column("aggregate_id", BigInt, nullable=False),
    Column("attempts", BigInt, nullable=False),
    at("due_at"),
    at("dead_at", nullable=True),
    Column("code", String_(64)),
    Column("detail", String_(500)),
    PrimaryKeyConstraint("consumer", "position"),
    Index(
        "ix_parked_events_waiting",
        "consumer",
        "aggregate",
        "aggregate_id",
        "position",
        postgresql_where=_NOT_DEAD,
        sqlite_where=_NOT_DEAD,
    ),
    Index(
        "ix_parked_events_due",
        "consumer",
        "due_at",
        postgresql_where=_NOT_DEAD,
        sqlite_where=_NOT_DEAD,
    ),
    Index("ix_parked_events_dead", "dead_at", postgresql_where=_DEAD, sqlite_where=_DEAD),
)

put_into_outbox(metadata)
