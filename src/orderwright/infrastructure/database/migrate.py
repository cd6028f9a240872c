"""Bring a database to a version of the schema."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Final, TypeVar

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from orderwright.domain.errors import NotFound
from orderwright.infrastructure.database import engines
from orderwright.infrastructure.database.standing import sqlite_file

T = TypeVar("T")

# Alembic keeps what it is doing in module globals: one command at a time in a process.
_ONE_AT_A_TIME: Final = asyncio.Lock()


class UnknownRevision(NotFound):
    code = "unknown_revision"


async def upgrade(url: str, revision: str = "head") -> None:
    """Safe to call at the same time from several processes: one works, the others wait."""
    _make_room(url)
    with _known(revision):
        await _with_connection(url, lambda bound: command.upgrade(_config(bound), revision))


async def downgrade(url: str, revision: str = "-1") -> None:
    with _known(revision):
        await _with_connection(url, lambda bound: command.downgrade(_config(bound), revision))


def upgrade_sql(dialect: str, revision: str = "head") -> str:
    """The statements of `upgrade` on an empty database, for those who run them by hand."""
    with _known(revision):
        return _offline(dialect, lambda config: command.upgrade(config, revision, sql=True))


def downgrade_sql(dialect: str, revision: str) -> str:
    """`revision` is a range, as in `head:base`."""
    return _offline(dialect, lambda config: command.downgrade(config, revision, sql=True))


@contextmanager
def _known(revision: str) -> Iterator[None]:
    """Raises: UnknownRevision."""
    try:
        yield
    except CommandError:
        raise UnknownRevision(f"the schema has no revision {revision} to go to") from None


def _offline(dialect: str, run: Callable[[Config], None]) -> str:
    config = _config()
    config.attributes["dialect"] = dialect
    config.output_buffer = StringIO()
    run(config)
    return config.output_buffer.getvalue()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "orderwright.infrastructure.database:migrations")
    config.set_main_option("path_separator", "os")
    config.set_main_option(
        "file_template", "%%(year)d-%%(month).2d-%%(day).2d-%%(hour).2d%%(minute).2d_%%(slug)s"
    )
    config.attributes["connection"] = connection
    return config


async def _with_connection(url: str, run: Callable[[Connection], T]) -> T:
    engine = engines.for_migrations(url)
    try:
        async with _ONE_AT_A_TIME, engine.connect() as connection:
            return await connection.run_sync(run)
    finally:
        await engine.dispose()


def _make_room(url: str) -> None:
    file = sqlite_file(url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
