import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.engines import Limits
from orderwright.infrastructure.database.tables import customers

_IMPATIENT = Limits(
    pool_size=1,
    pool_overflow=0,
    pool_timeout_s=0.05,
    lock_timeout_s=0.05,
    sqlite_busy_timeout_s=0.05,
)


@asynccontextmanager
async def another(url: str, limits: Limits | None = None) -> AsyncIterator[Database]:
    """As a second process would open it."""
    database = Database(url, limits)
    yield database
    await database.dispose()


async def a_customer(session: AsyncSession, name: str = "Ada", version: int = 1) -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    row = {"metadata": {}, "created_at": at, "updated_at": at, "version": version}
    await session.execute(insert(customers).values(name=name, external_ref=name, **row))


async def names(session: AsyncSession) -> list[str]:
    return list(await session.scalars(select(customers.c.name).order_by(customers.c.name)))


async def test_readers_see_what_was_committed(database: Database) -> None:
    async with database.write_sessions.begin() as session:
        await a_customer(session, "Ada")

    async with database.read_sessions() as session:
        assert await names(session) == ["Ada"]


async def test_a_reader_sees_one_snapshot_while_a_writer_commits(database: Database) -> None:
    async with database.read_sessions() as reader:
        assert await names(reader) == []

        async with database.write_sessions.begin() as writer:
            await a_customer(writer)

        assert await names(reader) == []


async def test_a_reader_is_refused_a_write(database: Database) -> None:
    async with database.write_sessions.begin() as session:
        await a_customer(session)

    async with database.read_sessions() as session:
        with pytest.raises(DBAPIError, match=r"read-?only"):
            await session.execute(delete(customers))

    async with database.read_sessions() as session:
        assert await names(session) == ["Ada"]


async def test_concurrent_increments_lose_none(database: Database, database_url: str) -> None:
    async with database.write_sessions.begin() as session:
        await a_customer(session, version=0)

    async def increment(through: Database) -> None:
        async with through.write_sessions.begin() as session:
            read = await session.scalar(select(customers.c.version).with_for_update())
            await session.execute(update(customers).values(version=(read or 0) + 1))

    async with another(database_url) as second:
        await asyncio.gather(*(increment(each) for each in [database, second] * 20))

    async with database.read_sessions() as session:
        assert await session.scalar(select(customers.c.version)) == 40


async def test_a_writer_waits_only_so_long_for_another(
    database: Database, database_url: str
) -> None:
    async with database.write_sessions.begin() as session:
        await a_customer(session)

    async with database.write_sessions.begin() as first, another(database_url, _IMPATIENT) as hasty:
        await first.execute(update(customers).values(version=2))
        with pytest.raises(DBAPIError, match="lock"):
            async with hasty.write_sessions.begin() as second:
                await second.execute(update(customers).values(version=3))

    async with database.read_sessions() as session:
        assert await session.scalar(select(customers.c.version)) == 2


async def test_a_writer_waits_only_so_long_for_a_connection(database_url: str) -> None:
    async with another(database_url, _IMPATIENT) as hasty, hasty.write_sessions.begin() as first:
        await a_customer(first)
        with pytest.raises(PoolTimeout):
            async with hasty.write_sessions.begin() as second:
                await a_customer(second, "Second")

    async with another(database_url) as after, after.read_sessions() as session:
        assert await names(session) == ["Ada"]


async def test_a_cancelled_writer_frees_its_place(database_url: str) -> None:
    async with another(database_url, _IMPATIENT) as database:
        written = asyncio.Event()

        async def write_and_linger() -> None:
            async with database.write_sessions.begin() as session:
                await a_customer(session, "Cancelled")
                written.set()
                await asyncio.Event().wait()

        lingering = asyncio.create_task(write_and_linger())
        await written.wait()
        lingering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await lingering

        async with database.write_sessions.begin() as session:
            await a_customer(session, "Next")
            assert await names(session) == ["Next"]


async def test_errors_do_not_quote_the_data(database: Database) -> None:
    with pytest.raises(DBAPIError) as failed:
        async with database.write_sessions.begin() as session:
            for _ in range(2):
                await a_customer(session, "12 Secret Street")

    assert "Secret Street" not in str(failed.value)


async def test_a_database_that_is_there_answers_a_ping(database: Database) -> None:
    await database.ping()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite:////nonexistent/directory/orderwright.db",
        # Port 1 is reserved; nothing of ours or of anybody's listens there.
        "postgresql+asyncpg://nobody@127.0.0.1:1/orderwright",
    ],
)
async def test_a_database_that_is_not_there_fails_a_ping(url: str) -> None:
    async with another(url) as nowhere:
        with pytest.raises((SQLAlchemyError, OSError)):
            await nowhere.ping()


async def test_sqlite_commits_survive_power_loss_and_references_are_checked(
    sqlite_url: str,
) -> None:
    async with another(sqlite_url) as database, database.write_sessions() as session:
        found = {
            name: await session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    # synchronous=2 is FULL.
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


async def test_postgresql_bounds_every_wait(postgresql_url: str) -> None:
    async with another(postgresql_url) as database, database.write_sessions() as session:
        found = {
            name: await session.scalar(select(func.current_setting(name)))
            for name in (
                "lock_timeout",
                "statement_timeout",
                "idle_in_transaction_session_timeout",
                "TimeZone",
                "transaction_isolation",
            )
        }

    assert found == {
        "lock_timeout": "1s",
        "statement_timeout": "2s",
        "idle_in_transaction_session_timeout": "15s",
        "TimeZone": "UTC",
        "transaction_isolation": "read committed",
    }


async def test_opening_a_database_creates_no_directory(tmp_path: Path) -> None:
    async with another(f"sqlite+aiosqlite:///{tmp_path}/absent/orderwright.db") as database:
        with pytest.raises(DBAPIError):
            await database.ping()

    assert list(tmp_path.iterdir()) == []
