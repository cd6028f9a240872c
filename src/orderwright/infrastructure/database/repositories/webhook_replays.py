from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.interfaces.webhooks import DeliveryState
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.tables_events import event_feed
from orderwright.infrastructure.database.tables_webhooks import webhook_deliveries
from orderwright.infrastructure.database.types import UtcDateTime
from orderwright.infrastructure.database.upsert import rows_unless_there

_rows: Final = webhook_deliveries.c
_feed: Final = event_feed.c


class Replays:
    """Sending again what arrived, or never did, or was never to be sent. A delivery that somebody is
    trying at this moment stays as it is: it is under way already."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        # Whether there is something to send at once, once this is committed.
        self.made_due = False

    async def replay_one(self, endpoint_id: int, delivery_id: int, now: datetime) -> int:
        again = (
            update(webhook_deliveries)
            .where(_rows.id == delivery_id, _rows.endpoint_id == endpoint_id)
            .where(_is_at_rest(now))
            .values(_opened(now))
            .returning(_rows.id)
        )
        self.made_due = True
        return len((await self._session.execute(again)).all())

    async def replay_events(
        self,
        endpoint_id: int,
        names: Collection[str],
        *,
        after: int,
        until: int,
        limit: int,
        now: datetime,
    ) -> tuple[int, int | None]:
        wanted = (
            select(_feed.position)
            .where(_feed.position > after, _feed.position <= until, _feed.name.in_(sorted(names)))
            .order_by(_feed.position)
            .limit(limit + 1)
        )
        positions = list(await self._session.scalars(wanted))
        taken = positions[:limit]
        if taken:
            await self._open(endpoint_id, sorted(names), (taken[0], taken[-1]), now)
        return len(taken), taken[-1] if len(positions) > limit else None

    async def _open(
        self, endpoint_id: int, names: list[str], between: tuple[int, int], now: datetime
    ) -> None:
        made = rows_unless_there(self._session, webhook_deliveries, then=False).from_select(
            _COLUMNS, _as_deliveries(endpoint_id, names, between, now)
        )
        again = made.on_conflict_do_update(
            index_elements=[_rows.endpoint_id, _rows.position],
            set_=_opened(now),
            where=_is_at_rest(now),
        )
        await self._session.execute(again)
        self.made_due = True


_COLUMNS: Final = [
    "endpoint_id",
    "position",
    "event_type",
    "aggregate",
    "aggregate_id",
    "state",
    "attempts",
    "fence",
    "created_at",
    "due_at",
]


def _as_deliveries(
    endpoint_id: int, names: list[str], between: tuple[int, int], now: datetime
) -> Select[Any]:
    events, moment = tables.events.c, literal(now, UtcDateTime)
    return (
        select(
            literal(endpoint_id),
            _feed.position,
            _feed.name,
            events.aggregate,
            events.aggregate_id,
            literal(DeliveryState.PENDING.value),
            literal(0),
            literal(0),
            moment,
            moment,
        )
        .join(tables.events, events.id == _feed.event_id)
        .where(_feed.position.between(*between), _feed.name.in_(names))
    )


def _opened(now: datetime) -> dict[Any, Any]:
    return {
        "state": DeliveryState.PENDING,
        "attempts": 0,
        "fence": _rows.fence + 1,
        "due_at": now,
        "finished_at": None,
        "lease_until": None,
    }


def _is_at_rest(now: datetime) -> ColumnElement[bool]:
    return or_(_rows.lease_until.is_(None), _rows.lease_until < now)
