from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from orderwright.domain.interfaces.event_delivery import DeadEvent, Waiting
from orderwright.infrastructure.database.readers.reading import Reading
from orderwright.infrastructure.database.repositories.event_delivery import has_something
from orderwright.infrastructure.database.tables_events import (
    event_consumers,
    event_feed,
    outbox,
    parked_events,
)

_parked = parked_events.c


class SqlDeliveryReader(Reading):
    async def waiting(self, now: datetime) -> Waiting:
        unnumbered = select(outbox.c.event_id).limit(1)
        waiting = select(event_consumers.c.name).where(has_something(now))
        async with self._session() as session:
            return Waiting(
                is_unnumbered=await session.scalar(unnumbered) is not None,
                consumers=set(await session.scalars(waiting)),
            )

    async def dead(self, *, skip: int, limit: int) -> Sequence[DeadEvent]:
        found = await self._mappings(
            select(
                _parked.consumer,
                _parked.position.label("event_id"),
                event_feed.c.name.label("event"),
                _parked.aggregate,
                _parked.aggregate_id,
                _parked.attempts,
                _parked.dead_at,
                _parked.code,
                _parked.detail,
            )
            .join(event_feed, event_feed.c.position == _parked.position)
            .where(_parked.dead_at.is_not(None))
            .order_by(_parked.dead_at.desc(), _parked.consumer, _parked.position)
            .offset(skip)
            .limit(limit)
        )
        return [DeadEvent(**row) for row in found]
