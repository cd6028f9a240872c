"""SQL statements that an order costs: counted by PostgreSQL, apart from the timed rounds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped,unused-ignore]

from benchmarks.subject import Subject
from devtools.embedded_postgres import EmbeddedPostgres

SETTINGS: Final = ("shared_preload_libraries=pg_stat_statements",)
_AROUND: Final = r"^\s*(begin|start transaction|commit|rollback|savepoint|release|set|reset)\M"
_COUNT: Final = """
SELECT regexp_replace(query, '\\s+', ' ', 'g') AS statement, calls, query ~* $2 AS is_around
FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
WHERE datname = $1
ORDER BY calls DESC
"""
# How many of the most frequent are told by name.
_TOLD: Final = 25
_SHOWN_CHARACTERS: Final = 100


@dataclass(frozen=True, slots=True)
class Statements:
    orders: int
    an_order: float
    around_an_order: float  # BEGIN, COMMIT and the like
    most_frequent: list[tuple[str, int]]


async def count(subject: Subject, *, clients: int, seconds: float) -> Statements:
    assert subject.postgres is not None
    async with _connected(subject.postgres) as connection:
        await _track(connection, "top")
        await connection.execute("SELECT pg_stat_statements_reset()")
        outcome, _ = await subject.place(
            subject.requests.placing(), clients=clients, seconds=seconds
        )
        found = await connection.fetch(_COUNT, subject.url.rpartition("/")[2], _AROUND)
        await _track(connection, "none")
    assert found, "nothing was counted"
    orders = max(1, outcome.granted)
    around = sum(row["calls"] for row in found if row["is_around"])
    return Statements(
        orders=outcome.granted,
        an_order=(sum(row["calls"] for row in found) - around) / orders,
        around_an_order=around / orders,
        most_frequent=[(row["statement"][:_SHOWN_CHARACTERS], row["calls"]) for row in found][
            :_TOLD
        ],
    )


async def prepare(postgres: EmbeddedPostgres) -> None:
    async with _connected(postgres) as connection:
        await connection.execute("CREATE EXTENSION pg_stat_statements")
        # Until it is told to: counting costs those most that send most.
        await _track(connection, "none")


async def make_databases(postgres: EmbeddedPostgres, databases: list[str]) -> None:
    async with _connected(postgres) as connection:
        for database in databases:
            await connection.execute(f"CREATE DATABASE {database}")


async def checkpoint(postgres: EmbeddedPostgres) -> None:
    """So that no side pays for what the one before it left to be written."""
    async with _connected(postgres) as connection:
        await connection.execute("CHECKPOINT")


@asynccontextmanager
async def _connected(postgres: EmbeddedPostgres) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(postgres.url().replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


async def _track(connection: Any, whose: str) -> None:
    await connection.execute(f"ALTER SYSTEM SET pg_stat_statements.track = '{whose}'")
    await connection.execute("SELECT pg_reload_conf()")
