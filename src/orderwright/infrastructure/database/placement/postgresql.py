from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from orderwright.domain.entities.shelf import Shelf
from orderwright.domain.interfaces.order_reader import CustomerView
from orderwright.domain.interfaces.placement import (
    AnsweredRequest,
    CatalogueProduct,
    CommitUnknown,
    GroupRecords,
    KeptRequest,
    Reference,
    RequestKey,
)
from orderwright.domain.interfaces.unit_of_work import TransactionConflict
from orderwright.infrastructure.database.bulk.writing import copy_rows
from orderwright.infrastructure.database.placement import reading
from orderwright.infrastructure.database.placement.rows import GroupRows

KEPT_REQUESTS: Final = """
SELECT caller, key, fingerprint, status, headers, body, lease_until FROM idempotency_keys
WHERE (caller, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))
"""
CUSTOMERS: Final = (
    "SELECT id, name, email, external_ref FROM customers WHERE id = ANY($1::bigint[])"
)
TAKEN_REFERENCES: Final = """
SELECT channel, reference FROM orders
WHERE (channel, reference) IN (SELECT * FROM unnest($1::text[], $2::text[]))
"""
PRODUCT_VERSIONS: Final = "SELECT id, version FROM products WHERE id = ANY($1::bigint[])"
PRODUCTS: Final = """
SELECT id, sku, name, price_ten_thousandths, currency, active, track_inventory, version
FROM products WHERE id = ANY($1::bigint[])
"""
# In one order for everybody, so that no two groups wait for each other.
SHELVES: Final = """
SELECT id, product_id, location_id, on_hand, reserved, backorder FROM stock_levels
WHERE product_id = ANY($1::bigint[]) ORDER BY product_id, location_id FOR NO KEY UPDATE
"""
ORDER_IDS: Final = """
SELECT nextval(pg_get_serial_sequence('orders', 'id')) FROM generate_series(1, $1::bigint)
"""
# Guarded by what the table's own CHECK says too.
RESERVE: Final = """
UPDATE stock_levels AS level SET reserved = level.reserved + granted.units
FROM unnest($1::bigint[], $2::bigint[]) AS granted (level_id, units)
WHERE level.id = granted.level_id
  AND (level.backorder OR level.reserved + granted.units <= level.on_hand)
"""
# A key that somebody gave up without an answer is taken over; one that has its answer is not.
ANSWERS: Final = """
INSERT INTO idempotency_keys AS kept
  (caller, key, fingerprint, resource_id, lease_until, status, headers, body, created_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[],
  $6::bigint[], $7::json[], $8::bytea[], $9::timestamptz[])
ON CONFLICT (caller, key) DO UPDATE
SET status = excluded.status, headers = excluded.headers, body = excluded.body
WHERE kept.status IS NULL AND kept.fingerprint = excluded.fingerprint
  AND kept.lease_until <= excluded.created_at
"""
HAVE_ORDERS: Final = "SELECT count(*) FROM orders WHERE id = ANY($1::bigint[])"


class PostgresPlacement:
    """One group's transaction, on a connection of asyncpg."""

    def __init__(self, connection: Any, rows: GroupRows) -> None:
        self._connection = connection
        self._rows = rows
        self._transaction = connection.transaction()

    async def begin(self) -> None:
        await self._transaction.start()

    async def kept_requests(self, keys: Collection[RequestKey]) -> Mapping[RequestKey, KeptRequest]:
        if not keys:
            return {}
        found = await self._connection.fetch(KEPT_REQUESTS, *_columns(keys))
        return reading.kept_requests(found)

    async def customers(self, ids: Collection[int]) -> Mapping[int, CustomerView]:
        return reading.customers(await self._of(CUSTOMERS, ids))

    async def taken_references(self, wanted: Collection[Reference]) -> Collection[Reference]:
        if not wanted:
            return ()
        found = await self._connection.fetch(TAKEN_REFERENCES, *_columns(wanted))
        return [(channel, reference) for channel, reference in found]

    async def product_versions(self, ids: Collection[int]) -> Mapping[int, int]:
        return dict(await self._of(PRODUCT_VERSIONS, ids))

    async def products(self, ids: Collection[int]) -> Sequence[CatalogueProduct]:
        return reading.products(await self._of(PRODUCTS, ids))

    async def shelves(self, product_ids: Collection[int]) -> Sequence[Shelf]:
        return reading.shelves(await self._of(SHELVES, product_ids))

    async def order_ids(self, count: int) -> Sequence[int]:
        if not count:
            return ()
        return [number for (number,) in await self._connection.fetch(ORDER_IDS, count)]

    async def write(self, records: GroupRecords) -> None:
        await copy_rows(self._connection, self._rows.of(records))
        await self._reserve(records.shelves)
        await self._keep(records.answers)

    async def commit(self) -> None:
        try:
            await self._transaction.commit()
        except Exception as error:
            if not self._connection.is_closed():
                raise
            raise CommitUnknown("the connection to the database was lost") from error

    async def roll_back(self) -> None:
        if not self._connection.is_closed() and self._connection.is_in_transaction():
            await self._transaction.rollback()

    async def have_orders(self, order_ids: Collection[int]) -> bool:
        found: int = await self._connection.fetchval(HAVE_ORDERS, list(order_ids))
        return found == len(order_ids)

    async def _of(self, statement: str, ids: Collection[int]) -> Any:
        return await self._connection.fetch(statement, sorted(ids)) if ids else ()

    async def _reserve(self, shelves: Sequence[Shelf]) -> None:
        if not shelves:
            return
        granted = [each.level_id for each in shelves], [each.granted for each in shelves]
        if await self._connection.execute(RESERVE, *granted) != f"UPDATE {len(shelves)}":
            raise TransactionConflict("a stock level changed under its lock")

    async def _keep(self, answers: Sequence[AnsweredRequest]) -> None:
        if not answers:
            return
        columns = _columns(self._rows.answers_of(answers))
        if await self._connection.execute(ANSWERS, *columns) != f"INSERT 0 {len(answers)}":
            raise TransactionConflict("another request with this Idempotency-Key was answered")


def _columns(rows: Collection[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
