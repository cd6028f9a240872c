"""Large reports, read in a process beside this one, with a connection of its own.

The database does the adding up; but some hundreds of statements, the sums of their rows and, on SQLite,
the database itself are seconds of CPU that a server process has for nobody else meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from orderwright.domain.interfaces.sales import ReportTooLong, SalesQuestion, SalesRow
from orderwright.infrastructure.concurrency.process_pool import ProcessRunner
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.engines import Limits
from orderwright.infrastructure.database.readers.sales import SqlSalesReader

# To begin and to bring the rows over costs what so many orders do.
LARGE: Final = 100_000


class SalesElsewhere:
    def __init__(
        self,
        here: SqlSalesReader,
        processes: ProcessRunner,
        url: str,
        limits: Limits,
        *,
        large: int = LARGE,
    ) -> None:
        self._here = here
        self._processes = processes
        self._url = url
        self._limits = limits
        self._large = large

    async def sales(self, question: SalesQuestion) -> Sequence[SalesRow]:
        """Raises: ReportTooLong, QueueFull, Stopping, WorkerLost."""
        if not await self._here.has_more_than(self._large, question):
            return await self._here.sales(question)
        try:
            return await self._processes.run(read_sales, self._url, self._limits, question)
        except TimeoutError:
            raise ReportTooLong(
                "the report takes too long: ask for less time or wait until fewer are asked for"
            ) from None


def read_sales(url: str, limits: Limits, question: SalesQuestion) -> Sequence[SalesRow]:
    """Raises: ReportTooLong."""
    return asyncio.run(_read(url, limits, question))


async def _read(url: str, limits: Limits, question: SalesQuestion) -> Sequence[SalesRow]:
    database = Database(url, limits)
    try:
        return await SqlSalesReader(database).sales(question)
    finally:
        await database.dispose()
