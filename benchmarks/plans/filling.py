"""Fill an empty, migrated database: with the rows of a small shop, multiplied inside the database."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import make_url

from benchmarks.plans.multiplying import Multiplying
from benchmarks.plans.shop import (
    ITEM_COLUMNS,
    LEVEL_COLUMNS,
    LOCATION_COLUMNS,
    ORDER_COLUMNS,
    PRODUCT_COLUMNS,
    History,
    Rows,
    sqlite_time,
)
from orderwright.infrastructure.database import engines, migrate, sqlite_driver

# Enough that what few orders have is had by some, and few enough to be made one by one in seconds.
SEEDS: Final = 100_000
_BATCH: Final = 20_000
_COPY_COLUMNS: Final = "number first_customer earlier"
_SEED_TABLES: Final = (
    "CREATE TABLE seed_orders AS SELECT * FROM orders WHERE FALSE",
    "CREATE TABLE seed_items AS SELECT * FROM order_items WHERE FALSE",
    "CREATE TABLE copies (number INTEGER, first_customer INTEGER, earlier INTEGER)",
)
_SEEDED: Final = (
    "CREATE UNIQUE INDEX seed_orders_id ON seed_orders (id)",
    "CREATE UNIQUE INDEX seed_items_id ON seed_items (order_id, id)",
)
_AWAY: Final = (
    "DROP VIEW past_lines",
    "DROP VIEW past_orders",
    "DROP TABLE copies",
    "DROP TABLE seed_items",
    "DROP TABLE seed_orders",
)
_NUMBERED: Final = ("customers", "products", "locations", "stock_levels", "orders")
# Foreign keys are triggers, and so is what keeps ledgers append-only. Each would look once a row.
_POSTGRESQL_IN_BULK: Final = (
    "SET LOCAL session_replication_role = replica",
    "SET LOCAL work_mem = '64MB'",
    "SET LOCAL maintenance_work_mem = '256MB'",
)
# What is new in its own transaction needs no log, where the server's wal_level lets it.
_POSTGRESQL_NEW: Final = (
    "CLUSTER {table} USING pk_{table}",
    "ALTER TABLE {table} SET WITHOUT CLUSTER",
)
# To make them after the rows takes a fraction of the time. Primary keys stay: foreign keys need
# them, and their rows come in their order.
_POSTGRESQL_INDEXES: Final = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS less,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
              pg_get_constraintdef(oid)) AS again
FROM pg_constraint
WHERE contype = 'u' AND conrelid = $1::text::regclass
UNION ALL
SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = $1::text::regclass
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
# Rows that bring their number do not move the counter.
_CONTINUE: Final = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
_SQLITE_INDEXES: Final = """
SELECT 'DROP INDEX ' || name, sql FROM sqlite_master
WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({tables})
"""


async def make(url: str, orders: int, *, ledgers: bool = False) -> None:
    """Migrate and fill; PostgreSQL knows the new rows, as the service never analyses SQLite."""
    await migrate.upgrade(url)
    await fill(url, orders, ledgers=ledgers)
    if url.startswith("postgresql"):
        async with _driver_connection(url) as driver:
            await driver.execute("VACUUM ANALYZE")


async def fill(url: str, orders: int, *, ledgers: bool = False, seeds: int = SEEDS) -> None:
    """It is not vacuumed or analysed afterwards.

    With `ledgers` it has events, reservations and movements too, and counters that agree with them.
    There are no payments and no shipments: neither lists nor placing look at any.
    """
    copies = -(-orders // seeds)
    seeds = -(-orders // copies)
    if url.startswith("sqlite"):
        _fill_sqlite(url, orders, seeds, ledgers=ledgers)
    else:
        await _fill_postgresql(url, orders, seeds, ledgers=ledgers)


def _fill_sqlite(url: str, orders: int, seeds: int, *, ledgers: bool) -> None:
    connection = sqlite_driver.driver().connect(make_url(url).database, isolation_level=None)
    # Nobody needs half of it: what is interrupted is thrown away.
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-500000"):
        connection.execute(f"PRAGMA {pragma}")
    history = History(seeds, sqlite_time)
    multiplying = Multiplying("sqlite", orders, seeds, history.customers, ledgers)

    def insert(table: str, columns: str, rows: Iterable[Any]) -> None:
        named = columns.split()
        places = ", ".join("?" * len(named))
        statement = f"INSERT INTO {table} ({', '.join(named)}) VALUES ({places})"  # noqa: S608
        connection.executemany(statement, rows)

    connection.execute("BEGIN")
    for statement in _SEED_TABLES:
        connection.execute(statement)
    for table, columns, rows in _small(history, multiplying):
        insert(table, columns, rows)
    tables = ", ".join(f"'{table}'" for table in multiplying.tables)
    indexes = connection.execute(_SQLITE_INDEXES.format(tables=tables)).fetchall()
    statements = (
        *(*_SEEDED, *multiplying.before()),
        *(less for less, _ in indexes),
        *(each for table in multiplying.tables for each in multiplying.of(table)),
        *(again for _, again in indexes),
        *(*multiplying.after(), *_AWAY),
    )
    for statement in statements:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.close()


async def _fill_postgresql(url: str, orders: int, seeds: int, *, ledgers: bool) -> None:
    history = History(seeds, lambda moment: moment)
    multiplying = Multiplying("postgresql", orders, seeds, history.customers, ledgers)
    async with _in_bulk(url) as driver:
        for statement in _SEED_TABLES:
            await driver.execute(statement)
        for table, columns, rows in _small(history, multiplying):
            await driver.copy_records_to_table(table, columns=columns.split(), records=rows)
        analyse = "ANALYZE seed_orders, seed_items, copies"
        for statement in (*_SEEDED, analyse, *multiplying.before()):
            await driver.execute(statement)
    async with asyncio.TaskGroup() as group:  # each is a process of the server
        for table in multiplying.tables:
            group.create_task(_fill_table(url, multiplying, table))
    async with _in_bulk(url) as driver:
        numbers = (_CONTINUE.format(table=table) for table in _NUMBERED)
        for statement in (*multiplying.after(), *numbers, *_AWAY):
            await driver.execute(statement)


async def _fill_table(url: str, multiplying: Multiplying, table: str) -> None:
    async with _in_bulk(url) as driver:
        for statement in _POSTGRESQL_NEW:
            await driver.execute(statement.format(table=table))
        indexes = await driver.fetch(_POSTGRESQL_INDEXES, table)
        statements = (
            *(index["less"] for index in indexes),
            *multiplying.of(table),
            *(index["again"] for index in indexes),
        )
        for statement in statements:
            await driver.execute(statement)


@asynccontextmanager
async def _in_bulk(url: str) -> AsyncIterator[Any]:
    """A transaction."""
    async with _driver_connection(url) as driver, driver.transaction():
        for statement in _POSTGRESQL_IN_BULK:
            await driver.execute(statement)
        yield driver


@asynccontextmanager
async def _driver_connection(url: str) -> AsyncIterator[Any]:
    engine = engines.for_migrations(url)
    async with engine.connect() as connection:
        yield (await connection.get_raw_connection()).driver_connection
    await engine.dispose()


def _small(history: History, multiplying: Multiplying) -> Iterator[tuple[str, str, Rows]]:
    yield "products", PRODUCT_COLUMNS, history.products()
    yield "locations", LOCATION_COLUMNS, history.locations()
    yield "stock_levels", LEVEL_COLUMNS, history.stock_levels()
    yield "copies", _COPY_COLUMNS, iter(multiplying.copies())
    for batch in _batches(history.orders()):
        yield "seed_orders", ORDER_COLUMNS, (order for order, _ in batch)
        yield "seed_items", ITEM_COLUMNS, (item for _, items in batch for item in items)


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(itertools.islice(rows, _BATCH)):
        yield batch
