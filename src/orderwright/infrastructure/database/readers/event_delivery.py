from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, exists, select

from orderwright.domain.interfaces.event_delivery import DeadEvent
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.reading import PreparedReading
from orderwright.infrastructure.database.repositories.event_delivery import has_something
from orderwright.infrastructure.database.tables_events import (
    event_consumers,
    event_feed,
    outbox,
    parked_events,
)
from orderwright.infrastructure.database.types import UtcDateTime

_parked: Final = parked_events.c
_UNNUMBERED: Final = select(exists(select(outbox.c.event_id)))
_WAITING: Final = select(event_consumers.c.name).where(
    has_something(bindparam("now", type_=UtcDateTime()))
)


class SqlDeliveryReader(PreparedReading):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._unnumbered = self._prepared(_UNNUMBERED)
        self._waiting = self._prepared(_WAITING)

    async def is_unnumbered(self) -> bool:
        ((there_are,),) = await self._ask(self._unnumbered)
        return bool(there_are)

    async def waiting(self, now: datetime) -> Collection[str]:
        return [name for (name,) in await self._ask(self._waiting, now=now)]

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
