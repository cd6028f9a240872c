"""Databases that are used again: to empty one costs a hundredth of making another.

Whatever a test did to more than the rows, its database is dropped: tables, triggers, settings and even
statistics have to be as in the template. Positions of sequences and the rows that a migration brings
are put back.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import make_url

from tests.postgres import MigratedPostgres

# Deleted rows stay in the files until somebody cleans up.
_TIMES_MAX: Final = 40
_TERMINATED_WITHIN_MS: Final = 10_000

_SHAPE: Final = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
  SELECT concat_ws(' ', 'relation', oid, relname, relkind, relnatts, reltuples, reloptions) AS part
  FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'column', attrelid, attnum, attname, atttypid, attnotnull, atthasdef)
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
  UNION ALL SELECT concat_ws(' ', 'trigger', oid, tgenabled) FROM pg_trigger
  UNION ALL SELECT concat_ws(' ', 'constraint', oid, convalidated) FROM pg_constraint
  UNION ALL SELECT concat_ws(' ', 'function', oid, md5(prosrc)) FROM pg_proc
  WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'schema', nspname) FROM pg_namespace
  WHERE nspname NOT LIKE 'pg\\_t%'
  UNION ALL SELECT concat_ws(' ', 'setting', setrole, setconfig) FROM pg_db_role_setting
  WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
) AS parts
"""
_TABLES: Final = """
SELECT quote_ident(tablename) FROM pg_tables
WHERE schemaname = 'public' ORDER BY tablename
"""
_SEQUENCES: Final = """
SELECT format('setval(%L, %s, %L)', quote_ident(sequencename), coalesce(last_value, start_value),
  last_value IS NOT NULL)
FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename
"""
_END_OTHERS: Final = """
SELECT count(pg_terminate_backend(pid, $1)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class _Fresh:
    """What a database is like that nobody has used."""

    shape: str
    emptying: str
    rows: dict[str, bytes]


class RecycledPostgres:
    """Of one process; its databases end with the server."""

    def __init__(self, postgres: MigratedPostgres) -> None:
        self._postgres = postgres
        self._fresh: _Fresh | None = None
        self._free: list[str] = []
        self._uses: Counter[str] = Counter()

    def url_of(self, name: str) -> str:
        return self._postgres.url_of(name)

    async def take(self) -> str:
        """The name of a migrated, empty database."""
        if self._free:
            return self._free.pop()
        name = await self._postgres.create_database()
        if self._fresh is None:
            async with self._connected(name) as connection:
                self._fresh = await _look(connection)
        return name

    async def give_back(self, name: str) -> None:
        self._uses[name] += 1
        if self._uses[name] < _TIMES_MAX and await self._emptied(name):
            self._free.append(name)
        else:
            await self._postgres.drop_database(name)

    async def _emptied(self, name: str) -> bool:
        fresh = self._fresh
        assert fresh is not None
        async with self._connected(name) as connection:
            await connection.fetchval(_END_OTHERS, _TERMINATED_WITHIN_MS)
            if await connection.fetchval(_SHAPE) != fresh.shape:
                return False
            await connection.execute(fresh.emptying)
            for table, rows in fresh.rows.items():
                await connection.copy_to_table(table, source=BytesIO(rows), format="binary")
            return True

    @asynccontextmanager
    async def _connected(self, name: str) -> AsyncIterator[Any]:
        url = make_url(self._postgres.url_of(name)).set(drivername="postgresql")
        # Neither triggers nor foreign keys are in the way of one who only empties.
        settings = {"session_replication_role": "replica"}
        connection = await asyncpg.connect(
            url.render_as_string(hide_password=False), server_settings=settings
        )
        try:
            yield connection
        finally:
            await connection.close()


async def _look(connection: Any) -> _Fresh:
    tables = [row[0] for row in await connection.fetch(_TABLES)]
    sequences = ", ".join(row[0] for row in await connection.fetch(_SEQUENCES))
    deletes = "; ".join(f"DELETE FROM {table}" for table in tables)  # noqa: S608 - no input
    rows = {table: await _rows(connection, table) for table in tables}
    return _Fresh(
        shape=await connection.fetchval(_SHAPE),
        emptying=f"BEGIN; {deletes}; SELECT {sequences}; COMMIT",
        rows={table: each for table, each in rows.items() if each is not None},
    )


async def _rows(connection: Any, table: str) -> bytes | None:
    if not await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table})"):  # noqa: S608 - no input
        return None
    into = BytesIO()
    await connection.copy_from_table(table, output=into, format="binary")
    return into.getvalue()
