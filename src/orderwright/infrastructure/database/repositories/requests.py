from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.interfaces.requests import (
    Answer,
    IdempotencyInProgress,
    IdempotencyKeyReused,
    KeyedRequest,
    Replayed,
)
from orderwright.infrastructure.database import tables_work
from orderwright.infrastructure.database.deleting import deleted
from orderwright.infrastructure.database.upsert import insert_unless_there

_keys = tables_work.idempotency_keys


class IdempotencyKeys:
    """Who asked what, under which key, and what the answer was: one row a key and caller."""

    def __init__(self, session: AsyncSession, caller: str, lease: timedelta) -> None:
        self._session = session
        self._caller = caller
        self._lease = lease

    async def claim(self, request: KeyedRequest, now: datetime) -> str | None:
        """Hold the key until this transaction ends; what an interrupted attempt left, if any.

        Raises:
            Replayed, IdempotencyKeyReused, IdempotencyInProgress.
        """
        row = {
            "caller": self._caller,
            "key": request.key,
            "fingerprint": request.fingerprint,
            "lease_until": now + self._lease,
            "created_at": now,
        }
        inserted = await self._session.execute(
            insert_unless_there(self._session, _keys, row).returning(_keys.c.key)
        )
        if inserted.first() is not None:
            return None
        return await self._take_over(request, now)

    async def answer(self, request: KeyedRequest, answer: Answer) -> None:
        """Raises: Replayed: another attempt, which took this one for dead, has answered first."""
        body = {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
        if not await self._write(request, **body):
            raise Replayed(_answer_in(await self._row(request)))

    async def leave_open(self, request: KeyedRequest, resource_id: str) -> None:
        await self._write(request, resource_id=resource_id)

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Of every caller."""
        served = or_(_keys.c.status.is_not(None), _keys.c.lease_until < before)
        old = (
            select(_keys.c.caller, _keys.c.key)
            .where(_keys.c.created_at < before, served)
            .order_by(_keys.c.created_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        mine = tuple_(_keys.c.caller, _keys.c.key)
        return await deleted(self._session, delete(_keys).where(mine.in_(old)))

    async def _take_over(self, request: KeyedRequest, now: datetime) -> str | None:
        row = await self._row(request)
        if row.fingerprint != request.fingerprint:
            raise IdempotencyKeyReused("the Idempotency-Key belongs to another request")
        if row.status is not None:
            raise Replayed(_answer_in(row))
        if now < row.lease_until:
            raise IdempotencyInProgress("a request with this Idempotency-Key is being served")
        await self._write(request, lease_until=now + self._lease)
        resource_id: str | None = row.resource_id
        return resource_id

    async def _row(self, request: KeyedRequest) -> Row[Any]:
        mine = select(_keys).where(_keys.c.caller == self._caller, _keys.c.key == request.key)
        return (await self._session.execute(mine.with_for_update())).one()

    async def _write(self, request: KeyedRequest, **values: object) -> bool:
        """False when the request is answered: nothing is written any more."""
        written = await self._session.execute(
            update(_keys)
            .where(
                _keys.c.caller == self._caller,
                _keys.c.key == request.key,
                _keys.c.status.is_(None),
            )
            .values(values)
            .returning(_keys.c.key)
        )
        return written.first() is not None


def _answer_in(row: Row[Any]) -> Answer:
    return Answer(row.status, row.headers, bytes(row.body))
