"""One PostgreSQL for the whole run, with one migrated database to copy for each test."""

import asyncio
import os
import secrets
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from devtools.embedded_postgres import EmbeddedPostgres
from orderwright.infrastructure.database import migrate

# A server of one's own choice, whose user may create databases.
URL_VARIABLE = "ORDERWRIGHT_TEST_POSTGRES_URL"


@dataclass(frozen=True, slots=True)
class MigratedPostgres:
    url: str
    template: str

    def url_of(self, database: str) -> str:
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)

    async def execute(self, statement: str) -> None:
        engine = create_async_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        async with engine.connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()

    async def create_database(self, template: str | None = None) -> str:
        """A copy of `template`, of the migrated one if none is named; its name."""
        source = template or self.template
        name = f"test_{secrets.token_hex(8)}"
        # Copying files beats replaying them through the log, as the server does by default.
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY")
        return name

    async def drop_database(self, name: str) -> None:
        await self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def migrated_postgres() -> Iterator[MigratedPostgres]:
    """Raises: PostgresNotFound."""
    with _server() as url:
        postgres = MigratedPostgres(url, f"template_{secrets.token_hex(8)}")
        _run(_migrate(postgres))
        yield postgres
        _run(postgres.drop_database(postgres.template))


@contextmanager
def _server() -> Iterator[str]:
    url = os.environ.get(URL_VARIABLE)
    if url:
        yield url
        return
    with EmbeddedPostgres() as server:
        yield server.url()


async def _migrate(postgres: MigratedPostgres) -> None:
    await postgres.execute(f"CREATE DATABASE {postgres.template}")
    await migrate.upgrade(postgres.url_of(postgres.template))


def _run(work: Coroutine[object, object, None]) -> None:
    """In a thread of its own, clear of any event loop that the tests keep."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, work).result()
