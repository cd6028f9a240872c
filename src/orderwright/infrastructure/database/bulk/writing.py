from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from orderwright.infrastructure.database.bulk.sheet import Columns, Row

# One COPY is one statement, and a statement has two seconds: a tenth of that, foreign keys checked.
_COPIED_AT_ONCE: Final = 5_000
# Below that the database is done before anybody else has begun.
_WORTH_A_TASK: Final = 200

RowsByTable = Iterable[tuple[Columns, Sequence[Row]]]


async def copy_rows(connection: Any, rows_by_table: RowsByTable) -> None:
    """On a connection of asyncpg. While the database takes many rows, the next ones are made."""
    parts = ((kind, part) for kind, rows in rows_by_table for part in _parts(rows))
    following = next(parts, None)
    while following is not None:
        kind, part = following
        sent = asyncio.Event()
        records = part if len(part) < _WORTH_A_TASK else _until_sent(part, sent)
        copy = connection.copy_records_to_table(kind.table, columns=kind.columns, records=records)
        if records is part:
            await copy
            following = next(parts, None)
        else:
            async with _meanwhile(copy, sent):
                following = next(parts, None)


@asynccontextmanager
async def _meanwhile(copy: Awaitable[Any], sent: asyncio.Event) -> AsyncIterator[None]:
    """What is done here is done after the rows were sent and before they are known to be written."""
    copying = asyncio.ensure_future(copy)
    copying.add_done_callback(lambda _: sent.set())
    try:
        await sent.wait()
        yield
        await copying
    finally:
        copying.cancel()
        await asyncio.gather(copying, return_exceptions=True)


def _until_sent(rows: Sequence[Row], sent: asyncio.Event) -> Iterator[Row]:
    yield from rows
    sent.set()


async def insert_rows(connection: Any, rows_by_table: RowsByTable) -> None:
    """On a connection of aiosqlite."""
    for kind, rows in rows_by_table:
        if rows:
            await connection.executemany(_insert(kind), rows)


async def write_rows(connection: AsyncConnection, rows_by_table: RowsByTable) -> None:
    """In the transaction that SQLAlchemy has begun on this connection."""
    # Its adapter of asyncpg begins with the first statement that goes through it.
    await connection.exec_driver_sql("SELECT 1")
    pooled = await connection.get_raw_connection()
    write = insert_rows if connection.dialect.name == "sqlite" else copy_rows
    await write(pooled.driver_connection, rows_by_table)


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for at in range(0, len(rows), _COPIED_AT_ONCE):
        yield rows[at : at + _COPIED_AT_ONCE]


def _insert(kind: Columns) -> str:
    places = ", ".join("?" * len(kind.columns))
    columns = ", ".join(kind.columns)
    return f"INSERT INTO {kind.table} ({columns}) VALUES ({places})"  # noqa: S608 - our own names
