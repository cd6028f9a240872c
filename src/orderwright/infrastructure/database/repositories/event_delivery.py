from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Update,
    and_,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from orderwright.domain.interfaces.event_delivery import Claim, DeadEventNotFound, ParkedEvent
from orderwright.infrastructure.database.numbering import number_events
from orderwright.infrastructure.database.tables_events import (
    event_consumers,
    event_feed_head,
    parked_events,
)
from orderwright.infrastructure.database.upsert import insert_unless_there

_consumers: Final = event_consumers.c
_parked: Final = parked_events.c
_HEAD: Final = select(event_feed_head.c.position).where(event_feed_head.c.id == 1).scalar_subquery()
_SHOWN: Final = (
    _parked.consumer,
    _parked.position,
    _parked.aggregate,
    _parked.aggregate_id,
    _parked.attempts,
)


class SqlEventDelivery:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def number(self, *, now: datetime, limit: int) -> int | None:
        return await number_events(self._session, now, limit)

    async def begin(self, consumers: Collection[str]) -> None:
        head = await self._session.scalar(select(_HEAD)) or 0
        rows = [
            {"name": name, "position": head, "attempts": 0, "fence": 0, "lease_until": None}
            for name in sorted(consumers)
        ]
        if rows:
            await self._session.execute(insert_unless_there(self._session, event_consumers, rows))

    async def claim(self, consumer: str, *, now: datetime, until: datetime) -> Claim | None:
        claimed = await self._session.execute(
            update(event_consumers)
            .where(_consumers.name == consumer, has_something(now))
            .values(fence=_consumers.fence + 1, attempts=_consumers.attempts + 1, lease_until=until)
            .returning(
                _consumers.name.label("consumer"),
                _consumers.position,
                _HEAD.label("head"),
                _consumers.fence,
                _consumers.attempts,
                _is_waiting().label("is_waiting"),
            )
        )
        row = claimed.mappings().first()
        return None if row is None else Claim(**{**row, "is_waiting": bool(row["is_waiting"])})

    async def advance(self, claim: Claim, position: int, *, until: datetime | None) -> bool:
        return await self._change(
            _of(claim).values(position=position, attempts=0, lease_until=until)
        )

    async def hold(self, claim: Claim, *, until: datetime) -> bool:
        return await self._change(_of(claim).values(lease_until=until))

    async def give_back(self, claim: Claim) -> None:
        await self._change(_of(claim).values(lease_until=None, attempts=0))

    async def blocked(
        self, consumer: str, aggregates: Collection[tuple[str, int]]
    ) -> set[tuple[str, int]]:
        found = await self._session.execute(
            select(_parked.aggregate, _parked.aggregate_id)
            .where(
                _waits_for(consumer), _parked.aggregate_id.in_({number for _, number in aggregates})
            )
            .distinct()
        )
        return {(kind, number) for kind, number in found} & set(aggregates)

    async def park(self, consumer: str, events: Sequence[ParkedEvent], *, due_at: datetime) -> None:
        rows = [asdict(each) | {"consumer": consumer, "due_at": due_at} for each in events]
        if rows:
            await self._session.execute(insert(parked_events), rows)

    async def due(self, consumer: str, *, now: datetime, limit: int) -> Sequence[ParkedEvent]:
        found = await self._session.execute(
            select(*_SHOWN)
            .where(_waits_for(consumer), _parked.due_at <= now, ~_is_behind_another())
            .order_by(_parked.position)
            .limit(limit)
        )
        return [ParkedEvent(**row) for row in found.mappings()]

    async def count_attempt(self, parked: ParkedEvent, *, due_at: datetime) -> ParkedEvent:
        attempts = parked.attempts + 1
        await self._change(_this(parked).values(attempts=attempts, due_at=due_at))
        return replace(parked, attempts=attempts)

    async def take(self, parked: ParkedEvent) -> bool:
        taken = await self._session.execute(
            delete(parked_events).where(*_is(parked)).returning(_parked.position)
        )
        return taken.first() is not None

    async def put_off(self, parked: ParkedEvent, code: str, detail: str) -> None:
        await self._change(_this(parked).values(code=code, detail=detail))

    async def put_back(self, parked: ParkedEvent, code: str, detail: str) -> None:
        attempts = parked.attempts - 1
        await self._change(_this(parked).values(code=code, detail=detail, attempts=attempts))

    async def give_up(self, parked: ParkedEvent, code: str, detail: str, *, now: datetime) -> None:
        await self._change(_this(parked).values(code=code, detail=detail, dead_at=now))

    async def try_again(self, consumer: str, position: int, *, now: datetime) -> None:
        begun = await self._change(
            update(parked_events)
            .where(
                _parked.consumer == consumer,
                _parked.position == position,
                _parked.dead_at.is_not(None),
            )
            .values(attempts=0, due_at=now, dead_at=None)
        )
        if not begun:
            raise DeadEventNotFound("this consumer has given up no event with this id")

    async def _change(self, change: Update) -> bool:
        table: Any = change.table
        changed = await self._session.execute(change.returning(*table.primary_key.columns))
        return changed.first() is not None


def has_something(now: Any) -> ColumnElement[bool]:
    """Of a consumer: nobody is at it, and there is an event that it has not taken."""
    is_free = or_(_consumers.lease_until.is_(None), _consumers.lease_until < now)
    is_due = exists().where(_waits_for(_consumers.name), _parked.due_at <= now)
    return and_(is_free, or_(_consumers.position < _HEAD, is_due))


def _of(claim: Claim) -> Update:
    return update(event_consumers).where(
        _consumers.name == claim.consumer, _consumers.fence == claim.fence
    )


def _this(parked: ParkedEvent) -> Update:
    return update(parked_events).where(*_is(parked))


def _is(parked: ParkedEvent) -> tuple[ColumnElement[bool], ...]:
    return (
        _parked.consumer == parked.consumer,
        _parked.position == parked.position,
        _parked.attempts == parked.attempts,
    )


def _waits_for(consumer: Any) -> ColumnElement[bool]:
    return and_(_parked.consumer == consumer, _parked.dead_at.is_(None))


def _is_waiting() -> ColumnElement[bool]:
    return exists().where(_waits_for(_consumers.name))


def _is_behind_another() -> ColumnElement[bool]:
    first = aliased(parked_events)
    return exists().where(
        first.c.consumer == _parked.consumer,
        first.c.dead_at.is_(None),
        first.c.aggregate == _parked.aggregate,
        first.c.aggregate_id == _parked.aggregate_id,
        first.c.position < _parked.position,
    )
