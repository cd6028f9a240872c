from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, exists, select

from orderwright.infrastructure.database import tables_work
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.reading import PreparedReading
from orderwright.infrastructure.database.repositories.tasks import is_due
from orderwright.infrastructure.database.types import UtcDateTime

_tasks: Final = tables_work.tasks.c
_IS_DUE: Final = is_due(bindparam("now", type_=UtcDateTime()))


class SqlTaskReader(PreparedReading):
    """Looks for work over and over again, so that claiming is only tried when there is some."""

    def __init__(self, database: Database, *, except_for: Collection[str]) -> None:
        super().__init__(database)
        others = [_tasks.name != name for name in except_for]
        self._due = self._prepared(select(exists(select(_tasks.id).where(_IS_DUE, *others))))

    async def has_due(self, now: datetime) -> bool:
        ((there_are,),) = await self._ask(self._due, now=now)
        return bool(there_are)
