from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from orderwright.domain.interfaces.processing import ProcessingTransaction
from orderwright.infrastructure.database.bulk.trouble import driver_errors_in_domain_words
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.errors import in_domain_words
from orderwright.infrastructure.database.processing.postgresql import PostgresProcessing
from orderwright.infrastructure.database.processing.rows import ProcessingRows
from orderwright.infrastructure.database.processing.sqlite import SqliteProcessing

_KINDS: Final[Mapping[str, type[SqliteProcessing | PostgresProcessing]]] = {
    "sqlite": SqliteProcessing,
    "postgresql": PostgresProcessing,
}


class SqlProcessingStore:
    """The transactions of groups, on connections from the pool that everybody writes through."""

    def __init__(
        self, database: Database, *, events_wait: Callable[[], None] = lambda: None
    ) -> None:
        """`events_wait` is called when a transaction has ended that may have written events."""
        self._database = database
        self._events_wait = events_wait
        self._rows = ProcessingRows(database.write_engine.sync_engine.dialect)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[ProcessingTransaction]:
        with in_domain_words(), driver_errors_in_domain_words():
            async with self._database.write_engine.connect() as connection:
                pooled = await connection.get_raw_connection()
                tx = _KINDS[self._database.dialect](pooled.driver_connection, self._rows)
                await tx.begin()
                try:
                    yield tx
                finally:
                    await tx.roll_back()
                    self._events_wait()
