"""Who is cancelled in the middle of a transaction learns that it was cancelled, and what others commit
afterwards on the same connection is committed."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import pytest
from sqlalchemy import select

from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.direct import Prepared
from orderwright.infrastructure.database.placement.store import SqlPlacementStore
from orderwright.infrastructure.database.processing.store import SqlProcessingStore
from tests.back_office import BackOffice
from tests.integration.database.test_unit_of_work import a_customer, stored

# More often than any of what is done here gives way before it is done, from the cheapest on.
STEPS: Final = range(24)


async def a_group_of_orders(database: Database, last: Callable[[], None]) -> None:
    async with SqlPlacementStore(database).transaction() as tx:
        last()
        await tx.commit()


async def a_group_of_payments(database: Database, last: Callable[[], None]) -> None:
    async with SqlProcessingStore(database).transaction() as tx:
        last()
        await tx.commit()


async def a_use_case(database: Database, last: Callable[[], None]) -> None:
    async with BackOffice(database).uow() as uow:
        await uow.users.administrators()
        last()
        await uow.commit()


async def a_prepared_question(database: Database, last: Callable[[], None]) -> None:
    question = Prepared(select(tables.customers.c.id), database.read_engine.dialect)
    last()
    await question.ask(database.direct, {})


Work = Callable[[Database, Callable[[], None]], Coroutine[Any, Any, None]]
WORKS: Final[list[Work]] = [a_group_of_orders, a_group_of_payments, a_use_case, a_prepared_question]


async def _cut_off(work: "asyncio.Task[Any]") -> None:
    if work.cancel():
        await asyncio.wait([work])
        assert work.cancelled()


@pytest.mark.parametrize("work", WORKS)
async def test_in_its_last_step(work: Work, database: Database) -> None:
    await a_customer(BackOffice(database))
    for _ in range(3):
        about_to = asyncio.Event()
        working = asyncio.create_task(work(database, about_to.set))
        await about_to.wait()
        await _cut_off(working)
        await a_customer(BackOffice(database))

    assert await _seen_by_others(database) == 4


@pytest.mark.parametrize("work", WORKS)
async def test_wherever_it_is(work: Work, database: Database) -> None:
    await a_customer(BackOffice(database))
    for steps in STEPS:
        working = asyncio.create_task(work(database, lambda: None))
        for _ in range(steps):
            await asyncio.sleep(0)
        await _cut_off(working)
        await a_customer(BackOffice(database))

    assert await _seen_by_others(database) == 1 + len(STEPS)


async def _seen_by_others(database: Database) -> int:
    other = Database(database.write_engine.url.render_as_string(hide_password=False))
    try:
        return await stored(other, "customers")
    finally:
        await other.dispose()
