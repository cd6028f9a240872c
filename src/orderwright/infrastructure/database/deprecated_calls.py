from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

from orderwright.domain.interfaces.deprecated_calls import DeprecatedUse
from orderwright.infrastructure.database import tables_work
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.errors import in_domain_words

_calls: Final = tables_work.deprecated_calls


class SqlDeprecatedCalls:
    """Counts in memory and adds what it has counted to the rows whenever `write` is called: a count
    for people may lose its last second in a crash, and no request has to wait for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted: dict[tuple[str, str], DeprecatedUse] = {}

    def note(self, caller: str, route: str, now: datetime) -> None:
        new = DeprecatedUse(caller=caller, route=route, calls=0, first_at=now, last_at=now)
        counted = self._counted.get((caller, route), new)
        self._counted[caller, route] = replace(counted, calls=counted.calls + 1, last_at=now)

    async def write(self) -> None:
        counted, self._counted = self._counted, {}
        try:
            await self._add(list(counted.values()))
        except BaseException:
            self._take_back(counted)
            raise

    async def report(self, *, skip: int, limit: int) -> Sequence[DeprecatedUse]:
        await self.write()
        question = (
            select(_calls).order_by(_calls.c.caller, _calls.c.route).offset(skip).limit(limit)
        )
        with in_domain_words():
            async with self._database.read_sessions() as session:
                rows = (await session.execute(question)).mappings().all()
        return [DeprecatedUse(**row) for row in rows]

    async def _add(self, uses: Sequence[DeprecatedUse]) -> None:
        # In one order for all processes, so that none waits for another in a circle.
        ordered = sorted(uses, key=lambda use: (use.caller, use.route))
        with in_domain_words():
            async with self._database.write_sessions() as session:
                for use in ordered:
                    await session.execute(self._adding(use))
                await session.commit()

    def _adding(self, use: DeprecatedUse) -> Any:
        insert = SqliteInsert if self._database.dialect == "sqlite" else PostgresInsert
        values = {column.name: getattr(use, column.name) for column in _calls.columns}
        return (
            insert(_calls)
            .values(values)
            .on_conflict_do_update(
                index_elements=[_calls.c.caller, _calls.c.route],
                set_={"calls": _calls.c.calls + use.calls, "last_at": use.last_at},
            )
        )

    def _take_back(self, counted: dict[tuple[str, str], DeprecatedUse]) -> None:
        for key, use in counted.items():
            since = self._counted.get(key, use)
            calls = use.calls + (since.calls if since is not use else 0)
            self._counted[key] = replace(use, calls=calls, last_at=since.last_at)
