"""PostgreSQL goes away, or takes too long, in the middle of things: an answer, and nothing half done."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, text

from orderwright.application.commands.create_customer import CreateCustomer, create_customer
from orderwright.domain.entities.customer import Customer
from orderwright.domain.interfaces.unit_of_work import DatabaseBusy, DatabaseUnavailable
from orderwright.infrastructure.database.bulk.trouble import driver_errors_in_domain_words
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.engines import Limits
from orderwright.infrastructure.database.errors import in_domain_words
from orderwright.infrastructure.database.readers.orders import SqlOrderReader
from orderwright.infrastructure.database.tables import customers
from tests.back_office import BackOffice
from tests.patience import PATIENT, patient_database

# Not so short that an honest statement on a slow machine is cut off.
_HASTY = Limits(statement_timeout_s=0.5, idle_in_transaction_timeout_s=0.05)
_OTHERS = (
    "FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
_CUT_OTHERS = text(f"SELECT count(pg_terminate_backend(pid, 5000)) {_OTHERS}")
_COUNT_OTHERS = text(f"SELECT count(*) {_OTHERS}")
_COUNT_SLEEPING = text(f"SELECT count(*) {_OTHERS} AND wait_event = 'PgSleep'")
_DEADLINE_S = 10.0


@asynccontextmanager
async def office_on(url: str, limits: Limits = PATIENT) -> AsyncIterator[BackOffice]:
    database = Database(url, limits)
    try:
        yield BackOffice(database)
    finally:
        await database.dispose()


async def count(office: BackOffice) -> int | None:
    async with office.database.read_sessions() as session:
        return await session.scalar(select(func.count()).select_from(customers))


async def cut_others(url: str) -> None:
    database = patient_database(url)
    async with database.write_engine.connect() as connection:
        await connection.execute(_CUT_OTHERS)
    await database.dispose()


async def until_alone(database: Database) -> None:
    async with asyncio.timeout(_DEADLINE_S), database.write_engine.connect() as connection:
        while await connection.scalar(_COUNT_OTHERS):
            await connection.rollback()  # the next look is at another moment


def a_customer(office: BackOffice) -> Customer:
    return Customer.create(name="Ada Example", now=office.clock.now())


async def test_a_connection_lost_before_the_commit_leaves_nothing(postgresql_url: str) -> None:
    async with office_on(postgresql_url) as office:
        with pytest.raises(DatabaseUnavailable):
            async with office.uow() as uow:
                await uow.customers.add(a_customer(office))
                await cut_others(postgresql_url)
                await uow.commit()

        assert await count(office) == 0


async def test_connections_lost_while_idle_are_replaced_unnoticed(postgresql_url: str) -> None:
    async with office_on(postgresql_url) as office:
        await office.customer()
        await cut_others(postgresql_url)

        await create_customer(CreateCustomer(name="Eve"), office.uow(), now=office.clock.now())

        assert await count(office) == 2


async def test_a_statement_that_takes_too_long_is_told_as_a_busy_database(
    postgresql_url: str,
) -> None:
    async with office_on(postgresql_url, _HASTY) as office:
        with pytest.raises(DatabaseBusy), in_domain_words():
            async with office.database.write_sessions() as session:
                await session.execute(text("SELECT pg_sleep(60)"))


async def test_a_transaction_that_idled_too_long_is_told_as_a_lost_connection(
    postgresql_url: str,
) -> None:
    limits = replace(_HASTY, statement_timeout_s=0.0)
    async with office_on(postgresql_url) as watcher, office_on(postgresql_url, limits) as office:
        with pytest.raises(DatabaseUnavailable):
            async with office.uow() as uow:
                await uow.customers.add(a_customer(office))
                await until_alone(watcher.database)
                await uow.commit()

        assert await count(watcher) == 0


async def test_a_server_without_a_connection_to_spare_is_told_as_unavailable(
    postgresql_url: str,
) -> None:
    async with office_on(postgresql_url) as office:
        with pytest.raises(DatabaseUnavailable), in_domain_words():
            async with office.database.write_sessions() as session:
                await session.execute(
                    text("DO $$ BEGIN RAISE EXCEPTION 'sorry' USING ERRCODE = '53300'; END $$")
                )


async def test_an_order_is_read_after_connections_were_lost(postgresql_url: str) -> None:
    async with office_on(postgresql_url) as office:
        reader = SqlOrderReader(office.database)
        assert await reader.get(1) is None
        await cut_others(postgresql_url)

        assert await reader.get(1) is None


async def test_a_reading_that_takes_too_long_is_told_as_a_busy_database(
    postgresql_url: str,
) -> None:
    async with office_on(postgresql_url, _HASTY) as office:
        with pytest.raises(DatabaseBusy), in_domain_words(), driver_errors_in_domain_words():
            await office.database.direct.fetch("SELECT pg_sleep(60)", ())

        assert await SqlOrderReader(office.database).get(1) is None


async def test_a_cancelled_reading_gives_its_connection_back(postgresql_url: str) -> None:
    async with office_on(postgresql_url, Limits(pool_size=1, statement_timeout_s=0.0)) as office:
        sleeping = asyncio.create_task(office.database.direct.fetch("SELECT pg_sleep(60)", ()))
        async with office_on(postgresql_url) as watcher:
            await _until_asked(watcher.database)
        sleeping.cancel()
        await asyncio.wait([sleeping])

        assert await SqlOrderReader(office.database).get(1) is None


async def _until_asked(database: Database) -> None:
    async with asyncio.timeout(_DEADLINE_S), database.write_engine.connect() as connection:
        while not await connection.scalar(_COUNT_SLEEPING):
            await connection.rollback()


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels name it otherwise")
async def test_a_server_that_falls_silent_counts_as_lost(postgresql_url: str) -> None:
    """Its kernel no longer acknowledges what it is sent: nothing that ends a wait would ever come."""
    async with office_on(postgresql_url) as office, office.database.write_engine.connect() as one:
        driver: Any = (await one.get_raw_connection()).driver_connection
        opened = driver._transport.get_extra_info("socket")
        options = (socket.TCP_USER_TIMEOUT, socket.TCP_KEEPIDLE, socket.TCP_KEEPCNT)
        assert [opened.getsockopt(socket.IPPROTO_TCP, each) for each in options] == [6_000, 2, 2]
        assert opened.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1


class InternalClientError(Exception):
    """As asyncpg has it."""


def test_a_connection_lost_while_a_statement_is_prepared_is_told_as_one() -> None:
    with pytest.raises(DatabaseUnavailable), driver_errors_in_domain_words():
        raise InternalClientError("cannot switch to state 12; another operation (2) is in progress")


async def test_a_reading_from_no_server_is_told_as_unavailable() -> None:
    async with office_on("postgresql+asyncpg://nobody@127.0.0.1:9/none") as office:
        with pytest.raises(DatabaseUnavailable):
            await SqlOrderReader(office.database).get(1)
