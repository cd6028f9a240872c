"""Positions: given to what is visible, once, without a gap, and in the order of each aggregate."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.event_feed import SqlEventFeedReader
from tests.back_office import BackOffice, SteppingClock
from tests.events import relay, rows

FEED = (
    "SELECT position, aggregate, aggregate_id, sequence"
    " FROM event_feed JOIN events ON id = event_id ORDER BY position"
)


async def write_event(connection: AsyncConnection, aggregate_id: int) -> None:
    await connection.execute(
        text(
            "INSERT INTO events"
            " (aggregate, aggregate_id, sequence, name, payload, actor, occurred_at)"
            " VALUES ('order', :id, 1, 'order.placed', '{}', 'system', now())"
        ),
        {"id": aggregate_id},
    )


async def test_what_commits_late_is_not_skipped_however_low_its_id(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    office, feed = BackOffice(database), SqlEventFeedReader(database)
    await relay(office).number_due()
    seen = await feed.head()

    engine = database.write_engine
    async with engine.connect() as early, engine.connect() as late:
        await write_event(early, 1)
        await write_event(late, 2)
        await late.commit()
        await relay(office).number_due()
        (first,) = await feed.events(after=seen, limit=10)
        await early.commit()
        await relay(office).number_due()
        (second,) = await feed.events(after=first.position, limit=10)

    assert (first.aggregate_id, second.aggregate_id) == (2, 1)
    await database.dispose()


async def test_several_relays_give_each_event_one_position(database: Database) -> None:
    office = BackOffice(database)
    product = await office.product(stock=100)
    done = asyncio.Event()

    async def work() -> None:
        one = relay(office)
        while await one.number_due() or not done.is_set():
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(work())
        for _ in range(10):
            await office.place(product)
        done.set()

    found = await rows(database, FEED)
    assert [row[0] for row in found] == list(range(1, len(found) + 1))
    assert await rows(database, "SELECT COUNT(*) FROM events") == [(len(found),)]
    assert await rows(database, "SELECT * FROM outbox") == []
    for of in {row[1:3] for row in found}:
        sequences = [row[3] for row in found if row[1:3] == of]
        assert sequences == list(range(1, len(sequences) + 1))


async def test_who_holds_the_lock_is_waited_for_by_nobody(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    office = BackOffice(database)
    await office.customer()

    async with office.uow() as holder:
        assert await holder.event_delivery.number(now=office.clock.now(), limit=10) == 1
        async with office.uow() as other:
            assert await other.event_delivery.number(now=office.clock.now(), limit=10) is None
        await holder.commit()
    await database.dispose()


async def test_a_moment_is_found_among_the_positions(database: Database) -> None:
    # Later than the first location, which comes with the schema.
    office = BackOffice(database, clock=SteppingClock(datetime(2027, 1, 1, tzinfo=UTC)))
    feed, moments = SqlEventFeedReader(database), []
    for _ in range(5):
        await office.customer()
        await relay(office).number_due()
        moments.append(office.clock.now())

    heads = [await feed.last_before(moment) for moment in moments]

    assert heads == [2, 3, 4, 5, 6]
    assert await feed.last_before(moments[0] - timedelta(days=800)) == 0
