"""The demo shop: complete, told by the use cases, and told only once."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from orderwright.application.commands.create_customer import CreateCustomer, create_customer
from orderwright.application.placement.catalogue_cache import CatalogueCache
from orderwright.application.placement.group_placer import GroupPlacer
from orderwright.application.services.demo import DemoShop, NotADemo, Seeded
from orderwright.application.services.settlement import Settlement
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.infrastructure.crash_points import nothing
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.mapping import map_entities
from orderwright.infrastructure.database.placement.store import SqlPlacementStore
from orderwright.infrastructure.database.readers.catalogue import SqlCatalogueReader
from orderwright.infrastructure.database.unit_of_work import SqlUnitOfWork
from orderwright.infrastructure.external_services.payments_sandbox import SandboxGateway
from orderwright.infrastructure.system.clock import SystemClock
from orderwright.infrastructure.system.ids import TimeOrderedIds

CLOCK = SystemClock()
WHOLE = Seeded(customers=8, products=12, orders=25)


def a_shop(database: Database) -> DemoShop:
    map_entities()
    ids = TimeOrderedIds()

    def units(context: RequestContext) -> UnitOfWork:
        return SqlUnitOfWork(database, CLOCK, nothing, context)

    return DemoShop(
        units=units,
        catalogue=SqlCatalogueReader(database),
        placing=GroupPlacer(SqlPlacementStore(database), CatalogueCache(), ids, nothing),
        settle=Settlement(units, SandboxGateway(), CLOCK, ids, lambda: 0.0).settle,
        clock=CLOCK,
        ids=ids,
        provider="sandbox",
    )


async def orders_by(database: Database, column: str) -> Counter[str]:
    async with database.read_sessions() as session:
        return Counter(map(str, await session.scalars(select(tables.orders.c[column]))))


async def events_in(database: Database) -> int:
    async with database.read_sessions() as session:
        return await session.scalar(select(func.count()).select_from(tables.events)) or 0


async def test_the_demo_shows_orders_in_every_state(database: Database) -> None:
    assert await a_shop(database).seed() == WHOLE

    assert await orders_by(database, "status") == {
        "pending": 4,
        "confirmed": 7,
        "shipped": 4,
        "delivered": 8,
        "cancelled": 2,
    }
    assert await orders_by(database, "payment_status") == {
        "unpaid": 4,
        "failed": 1,
        "paid": 17,
        "partially_refunded": 2,
        "refunded": 1,
    }
    assert await orders_by(database, "fulfilment_status") == {
        "unfulfilled": 11,
        "partially_fulfilled": 2,
        "fulfilled": 12,
    }


async def test_seeding_again_changes_nothing(database: Database) -> None:
    await a_shop(database).seed()
    events = await events_in(database)

    assert await a_shop(database).seed() == WHOLE

    assert await events_in(database) == events


async def test_an_interrupted_seeding_is_completed_by_the_next(database: Database) -> None:
    def stop_at_ten(done: int, _of: int) -> None:
        if done == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await a_shop(database).seed(stop_at_ten)
    assert (await orders_by(database, "channel")).total() == 10

    assert await a_shop(database).seed() == WHOLE

    assert (await orders_by(database, "channel")).total() == 25
    assert (await orders_by(database, "status"))["delivered"] == 8


async def test_a_database_in_use_gets_no_demo_data(database: Database) -> None:
    shop = a_shop(database)
    uow = SqlUnitOfWork(database, CLOCK, nothing, RequestContext())
    await create_customer(CreateCustomer(name="A real one"), uow, now=CLOCK.now())
    events = await events_in(database)

    with pytest.raises(NotADemo):
        await shop.seed()

    assert await events_in(database) == events
