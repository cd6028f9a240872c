from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from orderwright.domain.interfaces.processing import ProcessingTransaction
from orderwright.infrastructure.database.bulk.transaction import driver_transaction
from orderwright.infrastructure.database.bulk.trouble import driver_errors_in_domain_words
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.errors import in_domain_words
from orderwright.infrastructure.database.processing.postgresql import PostgresProcessing
from orderwright.infrastructure.database.processing.rows import ProcessingRows
from orderwright.infrastructure.database.processing.sqlite import SqliteProcessing

Processing = SqliteProcessing | PostgresProcessing
_KINDS: Final[Mapping[str, type[Processing]]] = {
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
            try:
                async with driver_transaction(self._database.write_engine, self._on) as tx:
                    yield tx
            finally:
                self._events_wait()

    def _on(self, driver: Any) -> Processing:
        return _KINDS[self._database.dialect](driver, self._rows)
