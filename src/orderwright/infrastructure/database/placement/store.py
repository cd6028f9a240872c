from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from orderwright.domain.interfaces.placement import PlacementTransaction
from orderwright.infrastructure.database.bulk.transaction import driver_transaction
from orderwright.infrastructure.database.bulk.trouble import driver_errors_in_domain_words
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.errors import in_domain_words
from orderwright.infrastructure.database.placement.postgresql import PostgresPlacement
from orderwright.infrastructure.database.placement.rows import GroupRows
from orderwright.infrastructure.database.placement.sqlite import SqlitePlacement

Placement = SqlitePlacement | PostgresPlacement
_KINDS: Final[Mapping[str, type[Placement]]] = {
    "sqlite": SqlitePlacement,
    "postgresql": PostgresPlacement,
}


class SqlPlacementStore:
    """The transactions of groups, on connections from the pool that everybody writes through."""

    def __init__(
        self, database: Database, *, events_wait: Callable[[], None] = lambda: None
    ) -> None:
        """`events_wait` is called when a transaction has ended that may have written events."""
        self._database = database
        self._events_wait = events_wait
        self._rows = GroupRows(database.write_engine.sync_engine.dialect)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PlacementTransaction]:
        with in_domain_words(), driver_errors_in_domain_words():
            try:
                async with driver_transaction(self._database.write_engine, self._on) as tx:
                    yield tx
            finally:
                self._events_wait()

    async def have_orders(self, order_ids: Collection[int]) -> bool:
        """Raises: DatabaseUnavailable."""
        with in_domain_words(), driver_errors_in_domain_words():
            async with self._database.write_engine.connect() as connection:
                pooled = await connection.get_raw_connection()
                return await self._on(pooled.driver_connection).have_orders(order_ids)

    def _on(self, driver: Any) -> Placement:
        return _KINDS[self._database.dialect](driver, self._rows)
