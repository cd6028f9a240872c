from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from orderwright.domain.entities.shelf import Shelf
from orderwright.domain.interfaces.placement import (
    AnsweredRequest,
    CatalogueProduct,
    GroupRecords,
    Known,
    Questions,
)
from orderwright.domain.interfaces.unit_of_work import TransactionConflict
from orderwright.infrastructure.database.bulk.writing import insert_rows
from orderwright.infrastructure.database.placement import reading
from orderwright.infrastructure.database.placement.rows import GroupRows
from orderwright.infrastructure.database.types import strict_json

# A list of any length is one parameter, a text of JSON.
KEPT_REQUESTS: Final = """
SELECT caller, key, fingerprint, status, headers, body, lease_until FROM idempotency_keys
WHERE (caller, key) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
"""
CUSTOMERS: Final = "SELECT id, name, email, external_ref FROM customers WHERE id IN (SELECT value FROM json_each(?))"
TAKEN_REFERENCES: Final = """
SELECT channel, reference FROM orders WHERE (channel, reference) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
"""
PRODUCT_VERSIONS: Final = (
    "SELECT id, version FROM products WHERE id IN (SELECT value FROM json_each(?))"
)
PRODUCTS: Final = """
SELECT id, sku, name, price_ten_thousandths, currency, active, track_inventory, version
FROM products WHERE id IN (SELECT value FROM json_each(?))
"""
SHELVES: Final = """
SELECT id, product_id, location_id, on_hand, reserved, backorder FROM stock_levels
WHERE product_id IN (SELECT value FROM json_each(?)) ORDER BY product_id, location_id
"""
LAST_ORDER_ID: Final = "SELECT coalesce(max(id), 0) FROM orders"
RESERVE: Final = """
UPDATE stock_levels SET reserved = reserved + ?1
WHERE id = ?2 AND (backorder OR reserved + ?1 <= on_hand)
"""
ANSWERS: Final = """
INSERT INTO idempotency_keys
  (caller, key, fingerprint, resource_id, lease_until, status, headers, body, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (caller, key) DO UPDATE
SET status = excluded.status, headers = excluded.headers, body = excluded.body
WHERE status IS NULL AND fingerprint = excluded.fingerprint
  AND lease_until <= excluded.created_at
"""
HAVE_ORDERS: Final = "SELECT count(*) FROM orders WHERE id IN (SELECT value FROM json_each(?))"


class SqlitePlacement:
    """One group's transaction, on a connection of aiosqlite. It is the only writer there is, so what
    it reads stays as it is; locks and races are for others."""

    def __init__(self, connection: Any, rows: GroupRows) -> None:
        self._connection = connection
        self._rows = rows

    async def begin(self) -> None:
        await self._connection.execute_fetchall("BEGIN IMMEDIATE")

    async def look_up(self, questions: Questions) -> Known:
        return Known(
            kept_requests=reading.kept_requests(await self._of(KEPT_REQUESTS, questions.keys)),
            customers=reading.customers(await self._of(CUSTOMERS, questions.customers)),
            taken_references={
                (channel, reference)
                for channel, reference in await self._of(TAKEN_REFERENCES, questions.references)
            },
            product_versions=dict(await self._of(PRODUCT_VERSIONS, questions.products)),
        )

    async def products(self, ids: Collection[int]) -> Sequence[CatalogueProduct]:
        return reading.products(await self._of(PRODUCTS, ids))

    async def shelves(self, product_ids: Collection[int]) -> Sequence[Shelf]:
        return reading.shelves(await self._of(SHELVES, product_ids))

    async def order_ids(self, count: int) -> Sequence[int]:
        if not count:
            return ()
        ((last,),) = await self._connection.execute_fetchall(LAST_ORDER_ID)
        return range(last + 1, last + 1 + count)

    async def write(self, records: GroupRecords) -> None:
        tables = ((kind, kind(values)) for kind, values in self._rows.of(records))
        await insert_rows(self._connection, tables)
        await self._reserve(records.shelves)
        await self._keep(records.answers)

    async def commit(self) -> None:
        await self._connection.execute_fetchall("COMMIT")

    async def roll_back(self) -> None:
        if self._connection.in_transaction:
            await self._connection.execute_fetchall("ROLLBACK")

    async def have_orders(self, order_ids: Collection[int]) -> bool:
        ((found,),) = await self._of(HAVE_ORDERS, order_ids)
        return bool(found == len(order_ids))

    async def _of(self, statement: str, listed: Iterable[Any]) -> Any:
        wanted = list(listed)
        if not wanted:
            return ()
        return await self._connection.execute_fetchall(statement, (strict_json(wanted),))

    async def _reserve(self, shelves: Sequence[Shelf]) -> None:
        if not shelves:
            return
        granted = [(each.granted, each.level_id) for each in shelves]
        if await self._changed(RESERVE, granted) != len(shelves):
            raise TransactionConflict("a stock level changed under its lock")

    async def _keep(self, answers: Sequence[AnsweredRequest]) -> None:
        if not answers:
            return
        rows = self._rows.answers(self._rows.answers_of(answers))
        if await self._changed(ANSWERS, rows) != len(answers):
            raise TransactionConflict("another request with this Idempotency-Key was answered")

    async def _changed(self, statement: str, rows: Sequence[Sequence[Any]]) -> int:
        cursor = await self._connection.executemany(statement, rows)
        changed: int = cursor.rowcount
        await cursor.close()
        return changed
