from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain, count
from typing import Any, Final

from orderwright.domain.entities.shelf import Shelf
from orderwright.domain.interfaces.placement import (
    CatalogueProduct,
    CommitUnknown,
    GroupRecords,
    Known,
    Questions,
)
from orderwright.domain.interfaces.unit_of_work import TransactionConflict
from orderwright.infrastructure.database.bulk.array_text import array_text_of
from orderwright.infrastructure.database.bulk.rows_of import RowsOf
from orderwright.infrastructure.database.bulk.writing import copy_rows
from orderwright.infrastructure.database.placement import reading
from orderwright.infrastructure.database.placement.rows import GroupRows

# All that is asked before the orders are judged, in one round trip; the first column tells which
# answer a row belongs to.
LOOK_UP: Final = """
SELECT 'kept' AS about, caller AS a, key AS b, fingerprint AS c, status AS number,
  headers::text AS d, body, lease_until, NULL::bigint AS id
FROM idempotency_keys
WHERE (caller, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))
UNION ALL
SELECT 'customer', name, email, external_ref, NULL, NULL, NULL, NULL, id
FROM customers WHERE id = ANY($3::bigint[])
UNION ALL
SELECT 'reference', channel, reference, NULL, NULL, NULL, NULL, NULL, NULL
FROM orders WHERE (channel, reference) IN (SELECT * FROM unnest($4::text[], $5::text[]))
UNION ALL
SELECT 'product', NULL, NULL, NULL, version, NULL, NULL, NULL, id
FROM products WHERE id = ANY($6::bigint[])
"""
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
# Everything a group writes, in one statement: the rows of each table that has any, from the columns
# that are its parameters. Foreign keys are checked when it ends. Stock is guarded by what its table's own CHECK
# says too; a key that somebody gave up without an answer is taken over, one that has its answer is not.
WRITE: Final = """
WITH {inserts} reserved AS (
  UPDATE stock_levels AS level SET reserved = level.reserved + granted.units
  FROM {shelves} AS granted (level_id, units)
  WHERE level.id = granted.level_id
    AND (level.backorder OR level.reserved + granted.units <= level.on_hand)
  RETURNING 1
),
answered AS (
  INSERT INTO idempotency_keys AS kept ({answer_columns}) SELECT * FROM {answers}
  ON CONFLICT (caller, key) DO UPDATE
  SET status = excluded.status, headers = excluded.headers, body = excluded.body
  WHERE kept.status IS NULL AND kept.fingerprint = excluded.fingerprint
    AND kept.lease_until <= excluded.created_at
  RETURNING 1
)
SELECT (SELECT count(*) FROM reserved), (SELECT count(*) FROM answered)
"""
# What is more is copied, table by table: one statement has two seconds, and this many lines take half of one.
_LINES_IN_A_STATEMENT: Final = 3_000
_BIGINTS: Final = ("BIGINT", "BIGINT")
HAVE_ORDERS: Final = "SELECT count(*) FROM orders WHERE id = ANY($1::bigint[])"


class PostgresPlacement:
    """One group's transaction, on a connection of asyncpg."""

    def __init__(self, connection: Any, rows: GroupRows) -> None:
        self._connection = connection
        self._rows = rows

    async def begin(self) -> None:
        await self._connection.execute("BEGIN")

    async def look_up(self, questions: Questions) -> Known:
        found = await self._connection.fetch(
            LOOK_UP,
            *_columns(questions.keys, 2),
            list(questions.customers),
            *_columns(questions.references, 2),
            list(questions.products),
        )
        return _known(found)

    async def products(self, ids: Collection[int]) -> Sequence[CatalogueProduct]:
        return reading.products(await self._of(PRODUCTS, ids))

    async def shelves(self, product_ids: Collection[int]) -> Sequence[Shelf]:
        return reading.shelves(await self._of(SHELVES, product_ids))

    async def order_ids(self, count: int) -> Sequence[int]:
        if not count:
            return ()
        return [number for (number,) in await self._connection.fetch(ORDER_IDS, count)]

    async def write(self, records: GroupRecords) -> None:
        if sum(len(each.order.items) for each in records.orders) > _LINES_IN_A_STATEMENT:
            rows = ((kind, kind(values)) for kind, values in self._rows.of(records))
            await copy_rows(self._connection, rows)
            records = replace(records, orders=[], holds=[], tasks=[])
        tables = [(kind, kind.by_column(values)) for kind, values in self._rows.of(records)]
        written = [(kind, columns) for kind, columns in tables if columns[0]]
        if not (written or records.answers or records.shelves):
            return
        shelves = [(each.level_id, each.granted) for each in records.shelves]
        answers = self._rows.answers_of(records.answers)
        reserved, answered = await self._connection.fetchrow(
            _writing(tuple(kind for kind, _ in written), self._rows.answers),
            *chain.from_iterable(_sent(kind.types, columns) for kind, columns in written),
            *_sent(_BIGINTS, _columns(shelves, 2)),
            *_sent(self._rows.answers.types, self._rows.answers.by_column(answers)),
        )
        if reserved != len(shelves):
            raise TransactionConflict("a stock level changed under its lock")
        if answered != len(records.answers):
            raise TransactionConflict("another request with this Idempotency-Key was answered")

    async def commit(self) -> None:
        try:
            await self._connection.execute("COMMIT")
        except TimeoutError as silence:
            self._connection.terminate()  # to roll back would be to wait for it again
            raise CommitUnknown("the database did not answer") from silence
        except Exception as error:
            if not self._connection.is_closed():
                raise
            raise CommitUnknown("the connection to the database was lost") from error

    async def roll_back(self) -> None:
        if not self._connection.is_closed() and self._connection.is_in_transaction():
            await self._connection.execute("ROLLBACK")

    async def have_orders(self, order_ids: Collection[int]) -> bool:
        found: int = await self._connection.fetchval(HAVE_ORDERS, list(order_ids))
        return found == len(order_ids)

    async def _of(self, statement: str, ids: Collection[int]) -> Any:
        return await self._connection.fetch(statement, sorted(ids)) if ids else ()


def _columns(rows: Collection[Sequence[Any]], width: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(width)]


def _known(rows: Sequence[Any]) -> Known:
    about: dict[str, list[Any]] = {}
    for row in rows:
        about.setdefault(row[0], []).append(row)
    kept = [
        (a, b, c, status, d, body, until)
        for _, a, b, c, status, d, body, until, _ in about.get("kept", ())
    ]
    customers = [(row[8], row[1], row[2], row[3]) for row in about.get("customer", ())]
    return Known(
        kept_requests=reading.kept_requests(kept),
        customers=reading.customers(customers),
        taken_references={(row[1], row[2]) for row in about.get("reference", ())},
        product_versions={row[8]: row[4] for row in about.get("product", ())},
    )


@cache  # a few: adjustments and tasks are there or not
def _writing(tables: Sequence[RowsOf], answers: RowsOf) -> str:
    places = count(1)
    return WRITE.format(
        inserts="".join(_insert(kind, places) for kind in tables),
        shelves=_unnested(_BIGINTS, places),
        answer_columns=", ".join(answers.columns),
        answers=_unnested(answers.types, places),
    )


def _insert(kind: RowsOf, places: Iterator[int]) -> str:
    columns, rows = ", ".join(kind.columns), _unnested(kind.types, places)
    return f"into_{kind.table} AS (INSERT INTO {kind.table} ({columns}) SELECT * FROM {rows}),\n"  # noqa: S608 - our own names


def _unnested(types: Iterable[str], places: Iterator[int]) -> str:
    """Rows from parameters, each of them a column."""
    arrays = (f"${next(places)}{_as_sent(each)}::{_of_many(each)}[]" for each in types)
    return f"unnest({', '.join(arrays)})"


def _as_sent(kind: str) -> str:
    return "::TEXT" if array_text_of(kind) else ""


def _sent(types: Iterable[str], columns: Iterable[Sequence[Any]]) -> Iterator[Any]:
    for kind, column in zip(types, columns, strict=True):
        as_text = array_text_of(kind)
        yield as_text(column) if as_text else column


def _of_many(kind: str) -> str:
    """Text of any length: the table refuses what is too long."""
    return "TEXT" if kind.startswith("VARCHAR") else kind
