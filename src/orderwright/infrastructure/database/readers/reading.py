from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Row, RowMapping, Select
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.infrastructure.database.bulk.trouble import driver_errors_in_domain_words
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.direct import Prepared
from orderwright.infrastructure.database.direct import Row as DriverRow
from orderwright.infrastructure.database.errors import in_domain_words

Entity = TypeVar("Entity")


class Reading:
    """One question, one snapshot, one session: nothing read here can be written back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _one(self, question: Select[Any]) -> Any:
        async with self._session() as session:
            return (await session.scalars(question)).one_or_none()

    async def _all(self, question: Select[Any]) -> Sequence[Any]:
        async with self._session() as session:
            return list(await session.scalars(question))

    async def _rows(self, question: Select[Any]) -> Sequence[Row[Any]]:
        async with self._session() as session:
            rows: Sequence[Row[Any]] = (await session.execute(question)).all()
        return rows

    async def _mappings(self, question: Select[Any]) -> Sequence[RowMapping]:
        async with self._session() as session:
            rows: Sequence[RowMapping] = (await session.execute(question)).mappings().all()
        return rows

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncSession]:
        with in_domain_words():
            async with self._database.read_sessions() as session:
                yield session


class PreparedReading(Reading):
    """For what is asked over and over again while nothing happens."""

    def _prepared(self, question: Select[Any]) -> Prepared:
        return Prepared(question, self._database.read_engine.dialect)

    async def _ask(self, question: Prepared, **values: Any) -> Sequence[DriverRow]:
        with in_domain_words(), driver_errors_in_domain_words():
            return await question.ask(self._database.direct, values)
