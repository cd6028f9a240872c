from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.schedule import ScheduleState
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.errors import in_domain_words
from orderwright.infrastructure.database.readers.reading import PreparedReading
from orderwright.infrastructure.database.tables_schedules import schedules
from orderwright.infrastructure.database.types import UtcDateTime
from orderwright.infrastructure.database.upsert import insert_unless_there

_columns: Final = schedules.c


def _is_due(now: Any, latest: Any) -> ColumnElement[bool]:
    return or_(_columns.due_at <= now, _columns.due_at > latest)


def _is_free(now: Any) -> ColumnElement[bool]:
    return or_(_columns.lease_until.is_(None), _columns.lease_until < now)


_NOW: Final = bindparam("now", type_=UtcDateTime())
_LATEST: Final = bindparam("latest", type_=UtcDateTime())
_DUE: Final = (
    select(_columns.name).where(_is_due(_NOW, _LATEST), _is_free(_NOW)).order_by(_columns.due_at)
)


class SqlSchedules(PreparedReading):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._due = self._prepared(_DUE)

    async def begin(self, names: Collection[str], now: datetime) -> None:
        rows = [{"name": name, "due_at": now, "fence": 0} for name in sorted(names)]
        async with self._writing() as session:
            await session.execute(insert_unless_there(session, schedules, rows))

    async def due(self, names: Collection[str], now: datetime, latest: datetime) -> Sequence[str]:
        found = await self._ask(self._due, now=now, latest=latest)
        return [name for (name,) in found if name in names]

    async def claim(
        self,
        name: str,
        *,
        now: datetime,
        latest: datetime,
        lease_until: datetime,
        early: bool = False,
    ) -> int | None:
        async with self._writing() as session:
            fence: int | None = await session.scalar(
                update(schedules)
                .where(
                    _columns.name == name,
                    _is_free(now),
                    true() if early else _is_due(now, latest),
                )
                .values(fence=_columns.fence + 1, lease_until=lease_until)
                .returning(_columns.fence)
            )
        return fence

    async def extend(self, name: str, fence: int, lease_until: datetime) -> None:
        await self._write(name, fence, lease_until=lease_until)

    async def finish(
        self, name: str, fence: int, *, ran_at: datetime, due_at: datetime, error: str | None
    ) -> None:
        await self._write(
            name, fence, lease_until=None, last_run_at=ran_at, due_at=due_at, last_error=error
        )

    async def states(self, now: datetime) -> Sequence[ScheduleState]:
        return [
            ScheduleState(
                name=row.name,
                due_at=row.due_at,
                every=None,
                running=row.lease_until is not None and row.lease_until >= now,
                last_run_at=row.last_run_at,
                last_error=row.last_error,
            )
            for row in await self._rows(select(schedules))
        ]

    async def _write(self, name: str, fence: int, **values: object) -> None:
        async with self._writing() as session:
            await session.execute(
                update(schedules)
                .where(_columns.name == name, _columns.fence == fence)
                .values(values)
            )

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncSession]:
        with in_domain_words():
            async with self._database.write_sessions() as session:
                yield session
                await session.commit()
