"""Where no safe SQLite is to be had, the service still works: slower, without the log."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from orderwright.infrastructure.database import migrate, sqlite_driver
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.tables import customers
from tests.integration.database.test_database import a_customer
from tests.patience import patient_database


@pytest.fixture
async def database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Database]:
    monkeypatch.setattr(sqlite_driver, "wal_is_safe", lambda _version: False)
    url = f"sqlite+aiosqlite:///{tmp_path}/orderwright.db"
    await migrate.upgrade(url)
    database = patient_database(url)
    yield database
    await database.dispose()


async def test_writers_and_readers_take_turns(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.write_sessions.begin() as session:
            await a_customer(session, f"Customer {number}")

    async def read() -> None:
        async with database.read_sessions() as session:
            await session.scalar(select(func.count()).select_from(customers))

    await asyncio.gather(*(work for n in range(20) for work in (write(n), read())))

    async with database.read_sessions() as session:
        assert await session.scalar(text("PRAGMA journal_mode")) == "truncate"
        assert await session.scalar(select(func.count()).select_from(customers)) == 20
