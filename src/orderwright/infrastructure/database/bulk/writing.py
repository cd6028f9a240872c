from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from orderwright.infrastructure.database.bulk.rows_of import Row, RowsOf

# One COPY is one statement, and a statement has two seconds: a tenth of that, foreign keys checked.
_COPIED_AT_ONCE: Final = 5_000

RowsByTable = Iterable[tuple[RowsOf, list[Row]]]


async def copy_rows(connection: Any, rows_by_table: RowsByTable) -> None:
    """On a connection of asyncpg."""
    for kind, rows in rows_by_table:
        for part in _parts(rows):
            await connection.copy_records_to_table(kind.table, columns=kind.columns, records=part)


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


def _insert(kind: RowsOf) -> str:
    places = ", ".join("?" * len(kind.columns))
    columns = ", ".join(kind.columns)
    return f"INSERT INTO {kind.table} ({columns}) VALUES ({places})"  # noqa: S608 - our own names
