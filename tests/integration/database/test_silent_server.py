"""PostgreSQL is stopped in the middle of things: its kernel answers for it, and it says nothing itself."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from orderwright.domain.interfaces.placement import CommitUnknown
from orderwright.domain.interfaces.unit_of_work import DatabaseUnavailable
from orderwright.infrastructure.database import silence
from orderwright.infrastructure.database.bulk.trouble import driver_errors_in_domain_words
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.engines import Limits
from orderwright.infrastructure.database.errors import in_domain_words
from orderwright.infrastructure.database.placement.store import SqlPlacementStore
from orderwright.infrastructure.database.processing.store import SqlProcessingStore
from tests.back_office import BackOffice
from tests.integration.database.test_unit_of_work import a_customer, stored

DEADLINE_S = 20.0
_BACKENDS = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")


@pytest.fixture
async def database(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    monkeypatch.setattr(silence, "SILENT_S", 0.3)
    database = Database(postgresql_url, Limits(statement_timeout_s=1.0))
    await a_customer(BackOffice(database))
    yield database
    await database.dispose()


@asynccontextmanager
async def stopped(database: Database) -> AsyncIterator[None]:
    """All who serve this database now."""
    async with database.read_engine.connect() as connection:
        backends = list(await connection.scalars(_BACKENDS))
    for each in backends:
        os.kill(each, signal.SIGSTOP)
    try:
        async with asyncio.timeout(DEADLINE_S):
            yield
    finally:
        for each in backends:
            os.kill(each, signal.SIGCONT)


async def is_well(database: Database) -> bool:
    await a_customer(BackOffice(database))
    return await stored(database, "customers") == 2


async def test_a_question_is_answered_without_it(database: Database) -> None:
    async with stopped(database):
        with pytest.raises(DatabaseUnavailable), in_domain_words():
            await stored(database, "customers")

    assert await is_well(database)


async def test_so_is_one_that_is_asked_of_the_driver(database: Database) -> None:
    async with stopped(database):
        with pytest.raises(DatabaseUnavailable), in_domain_words(), driver_errors_in_domain_words():
            await database.direct.fetch("SELECT 1", ())

    assert await is_well(database)


async def test_what_was_not_committed_is_not_there(database: Database) -> None:
    office = BackOffice(database)
    with pytest.raises(DatabaseUnavailable):
        async with office.uow() as uow, stopped(database):
            await uow.users.administrators()

    assert await is_well(database)


@pytest.mark.parametrize("store_of", [SqlPlacementStore, SqlProcessingStore])
async def test_a_group_is_not_begun(
    store_of: type[SqlPlacementStore | SqlProcessingStore], database: Database
) -> None:
    async with stopped(database):
        with pytest.raises(DatabaseUnavailable):
            async with store_of(database).transaction():
                pass

    assert await is_well(database)


async def test_of_a_group_that_was_committed_nobody_knows(database: Database) -> None:
    with pytest.raises(CommitUnknown):
        async with SqlPlacementStore(database).transaction() as tx, stopped(database):
            await tx.commit()

    assert await is_well(database)
