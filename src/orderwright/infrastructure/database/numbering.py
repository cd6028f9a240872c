"""Giving positions: to what is committed, and only under one lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import BigInteger, CursorResult, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.infrastructure.database.tables_events import event_feed, event_feed_head
from orderwright.infrastructure.database.types import UtcDateTime

_head: Final = event_feed_head.c

# Moved by what is in the outbox, never by what comes after an id: of two transactions the one with the
# lower ids may commit last. Each aggregate's events are in order, since its lock is held until the commit.
_ON_POSTGRESQL: Final = """
WITH moved AS (
  DELETE FROM outbox WHERE event_id IN (SELECT event_id FROM outbox ORDER BY event_id LIMIT :many)
  RETURNING event_id
)
INSERT INTO event_feed (position, event_id, name, visible_at)
SELECT :head + row_number() OVER (ORDER BY moved.event_id), moved.event_id, events.name, :now
FROM moved JOIN events ON events.id = moved.event_id
"""
_ON_SQLITE: Final = """
INSERT INTO event_feed (position, event_id, name, visible_at)
SELECT :head + row_number() OVER (ORDER BY batch.event_id), batch.event_id, events.name, :now
FROM (SELECT event_id FROM outbox ORDER BY event_id LIMIT :many) AS batch
JOIN events ON events.id = batch.event_id
"""
_MOVED_ON_SQLITE: Final = """
DELETE FROM outbox WHERE event_id IN (SELECT event_id FROM event_feed WHERE position > :head)
"""
_BOUND: Final = (
    bindparam("head", type_=BigInteger),
    bindparam("many", type_=BigInteger),
    bindparam("now", type_=UtcDateTime),
)


async def number_events(session: AsyncSession, now: datetime, limit: int) -> int | None:
    """As `EventDelivery.number`."""
    head = await session.scalar(
        select(_head.position).where(_head.id == 1).with_for_update(skip_locked=True)
    )
    if head is None:
        return None
    many = await _move(session, head, limit, await _not_before_the_last(session, head, now))
    if many:
        await session.execute(
            update(event_feed_head).where(_head.id == 1).values(position=head + many)
        )
    return many


async def _not_before_the_last(session: AsyncSession, head: int, now: datetime) -> datetime:
    """Clocks of two machines differ."""
    last: datetime | None = await session.scalar(
        select(event_feed.c.visible_at).where(event_feed.c.position == head)
    )
    return now if last is None else max(now, last)


async def _move(session: AsyncSession, head: int, limit: int, now: datetime) -> int:
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    moving = text(_ON_SQLITE if on_sqlite else _ON_POSTGRESQL).bindparams(*_BOUND)
    moved = await session.execute(moving, {"head": head, "many": limit, "now": now})
    if on_sqlite:
        await session.execute(text(_MOVED_ON_SQLITE), {"head": head})
    return cast("CursorResult[Any]", moved).rowcount
