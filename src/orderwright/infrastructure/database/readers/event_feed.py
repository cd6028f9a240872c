from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select, union_all

from orderwright.domain.interfaces.event_feed import FeedEvent
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.readers.reading import Reading
from orderwright.infrastructure.database.tables_events import event_feed, event_feed_head

_events: Final = tables.events.c
_feed: Final = event_feed.c
_SHOWN: Final = (
    _events.aggregate,
    _events.aggregate_id,
    _events.sequence,
    _events.name,
    _events.payload,
    _events.actor,
    _events.correlation_id,
    _events.occurred_at,
)


class SqlEventFeedReader(Reading):
    async def events(
        self, *, after: int, limit: int, names: Collection[str] | None = None
    ) -> Sequence[FeedEvent]:
        if names is not None and not names:
            return []
        page = _positions(after, limit, names).subquery()
        found = await self._mappings(
            select(page.c.position, *_SHOWN)
            .join(tables.events, _events.id == page.c.event_id)
            .order_by(page.c.position)
        )
        return [FeedEvent(**row) for row in found]

    async def between(
        self, after: int, up_to: int, *, names: Collection[str]
    ) -> Sequence[FeedEvent]:
        if not names or after >= up_to:
            return []
        found = await self._mappings(
            select(_feed.position, *_SHOWN)
            .join(tables.events, _events.id == _feed.event_id)
            .where(_feed.position > after, _feed.position <= up_to, _feed.name.in_(names))
            .order_by(_feed.position)
        )
        return [FeedEvent(**row) for row in found]

    async def event(self, position: int) -> FeedEvent | None:
        found = await self.events(after=position - 1, limit=1)
        return found[0] if found and found[0].position == position else None

    async def head(self) -> int:
        head: int = await self._one(select(event_feed_head.c.position)) or 0
        return head

    async def last_before(self, moment: datetime) -> int:
        # Positions have no gap and their times never fall: halving finds it without an index.
        before, from_there = 0, await self.head() + 1
        while from_there - before > 1:
            middle = (before + from_there) // 2
            at = await self._one(select(_feed.visible_at).where(_feed.position == middle))
            before, from_there = (middle, from_there) if at < moment else (before, middle)
        return before


def _positions(after: int, limit: int, names: Collection[str] | None) -> Select[Any]:
    """Of some names, the first ones of each name are in its index; no other event is looked at."""
    if names is None:
        return _following(after, limit)
    parts = [
        select(_following(after, limit).where(_feed.name == name).subquery())
        for name in sorted(names)
    ]
    found = union_all(*parts).subquery()
    return select(found).order_by(found.c.position).limit(limit)


def _following(after: int, limit: int) -> Select[Any]:
    return (
        select(_feed.position, _feed.event_id)
        .where(_feed.position > after)
        .order_by(_feed.position)
        .limit(limit)
    )
