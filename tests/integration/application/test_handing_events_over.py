"""Every event has its effect once with each who follows, whatever goes wrong in between."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from orderwright.application.services.event_turn import HandoverLimits
from orderwright.domain.entities.stock import OutOfStock
from orderwright.domain.interfaces.event_delivery import Claim, DeadEventNotFound
from orderwright.domain.interfaces.event_feed import FeedEvent
from orderwright.domain.interfaces.unit_of_work import DatabaseUnavailable
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.event_delivery import SqlDeliveryReader
from orderwright.infrastructure.database.readers.event_feed import SqlEventFeedReader
from tests.back_office import BackOffice
from tests.events import Copying, effects, handover, relay, rows

LONG = HandoverLimits(lease=timedelta(days=1), retry_countdown=timedelta(hours=1), attempts_max=3)


@pytest.fixture
async def office(database: Database) -> BackOffice:
    return BackOffice(database)


async def customers(office: BackOffice, many: int) -> list[int]:
    """So many new ones; the positions of their events."""
    for _ in range(many):
        await office.customer()
    await relay(office).number_due()
    found = await rows(office.database, "SELECT position FROM event_feed ORDER BY position")
    return [int(str(row[0])) for row in found][-many:]


async def change(office: BackOffice, customer: int) -> None:
    async with office.uow() as uow:
        (await uow.customers.get_by_id(customer)).change({"name": "Other"}, office.clock.now())
        await uow.commit()
    await relay(office).number_due()


async def retry(office: BackOffice, *positions: int) -> None:
    async with office.uow() as uow:
        for each in positions:
            await uow.event_delivery.try_again("copying", each, now=office.clock.now())
        await uow.commit()


def at(point: str, act: Callable[[], Awaitable[None]]) -> Callable[[str], Awaitable[None]]:
    async def reached(here: str) -> None:
        if here == point:
            await act()

    return reached


class Crash(BaseException):
    """As if the process ended here: nobody handles it."""


async def crash() -> None:
    raise Crash


async def test_who_begins_to_follow_hears_of_what_happens_from_then_on(office: BackOffice) -> None:
    await customers(office, 2)
    copying = Copying()
    following = handover(office, copying)
    await following.run_due()

    told = await customers(office, 3)
    assert await following.run_due() == 3

    assert copying.seen == told == await effects(office.database)
    assert await following.run_due() == 0


@pytest.mark.parametrize("point", ["relay.after_claim", "relay.after_publish_before_mark"])
async def test_a_relay_that_dies_is_replaced_and_no_effect_is_doubled(
    office: BackOffice, point: str
) -> None:
    copying = Copying()
    await handover(office, copying).begin()
    told = await customers(office, 3)

    with pytest.raises(Crash):
        await handover(office, copying, limits=LONG, reached=at(point, crash)).run_due()
    other = handover(office, copying)
    assert await other.run_due() == 0  # its lease is still running

    office.clock.advance(timedelta(days=1))
    assert await other.run_due() == 3
    assert await effects(office.database) == told


async def test_one_that_wakes_up_late_can_change_nothing_any_more(office: BackOffice) -> None:
    fast, slow = Copying(), Copying()
    await handover(office, fast).begin()
    told = await customers(office, 2)

    async def overtake() -> None:
        office.clock.advance(timedelta(days=1))
        await handover(office, fast).run_due()

    late = handover(office, slow, reached=at("relay.after_claim", overtake))
    assert await late.run_due() == 0

    assert fast.seen == slow.seen == told
    assert await effects(office.database) == told


async def test_what_cannot_be_taken_waits_with_its_aggregate_and_dies_alone(
    office: BackOffice,
) -> None:
    good, bad = await office.customer(), await office.customer()

    async def refuse(event: FeedEvent) -> None:
        if (event.aggregate_id, event.name) == (bad, "customer.changed"):
            raise OutOfStock("it never works")

    copying = Copying(refuse=refuse)
    following = handover(office, copying, limits=LONG)
    await relay(office).number_due()
    await following.begin()
    for each in (bad, good, bad):
        await change(office, each)
    first, others, behind = 1, 2, 3  # counted from where it began to follow
    start = (await SqlEventFeedReader(office.database).head()) - 3

    await following.run_due()
    assert copying.seen == [start + others]
    for _ in range(2):
        office.clock.advance(timedelta(hours=1))
        await following.run_due()
    dead = await SqlDeliveryReader(office.database).dead(skip=0, limit=10)
    assert [(each.event_id, each.attempts, each.code, each.detail) for each in dead] == [
        (start + first, 3, "out_of_stock", "it never works")
    ]

    copying.refuse = Copying().refuse
    await following.run_due()
    assert copying.seen == [start + others, start + behind]
    async with office.uow() as uow:
        await uow.event_delivery.try_again("copying", start + first, now=office.clock.now())
        await uow.commit()
    await following.run_due()
    assert sorted(await effects(office.database)) == [start + first, start + others, start + behind]
    async with office.uow() as uow:
        with pytest.raises(DeadEventNotFound):
            await uow.event_delivery.try_again("copying", start + first, now=office.clock.now())


async def test_a_dead_one_that_is_retried_comes_before_whatever_was_not_handed_over_yet(
    office: BackOffice,
) -> None:
    bad = await office.customer()
    await relay(office).number_due()
    start = await SqlEventFeedReader(office.database).head()
    refused = {start + 1, start + 2}

    async def refuse(event: FeedEvent) -> None:
        if event.position in refused:
            raise OutOfStock("not yet")

    copying = Copying(refuse=refuse)
    following = handover(office, copying, limits=replace(LONG, attempts_max=1))
    await following.begin()
    for _ in range(3):
        await change(office, bad)
    for _ in range(3):
        await following.run_due()
        office.clock.advance(timedelta(hours=1))
    assert copying.seen == [start + 3]

    await retry(office, start + 2, start + 1)
    await change(office, bad)
    refused.clear()
    for _ in range(3):
        await following.run_due()

    assert copying.seen == [start + 3, start + 1, start + 2, start + 4]


async def test_what_waits_behind_a_retried_one_goes_on_when_that_is_dead_again(
    office: BackOffice,
) -> None:
    bad = await office.customer()
    await relay(office).number_due()
    start = await SqlEventFeedReader(office.database).head()

    async def refuse(event: FeedEvent) -> None:
        if event.position == start + 1:
            raise OutOfStock("never")

    copying = Copying(refuse=refuse)
    following = handover(office, copying, limits=replace(LONG, attempts_max=2))
    await following.begin()
    await change(office, bad)
    for _ in range(2):
        await following.run_due()
        office.clock.advance(timedelta(hours=1))
    await retry(office, start + 1)
    await change(office, bad)

    await following.run_due()
    assert copying.seen == []
    for _ in range(2):
        office.clock.advance(timedelta(hours=1))
        await following.run_due()
    await following.run_due()
    assert copying.seen == [start + 2]


async def test_what_kills_its_relay_is_tried_alone_and_given_up(office: BackOffice) -> None:
    copying = Copying()
    following = handover(office, copying, limits=LONG)
    await following.begin()
    told = await customers(office, 3)
    poison = told[1]

    async def kill(event: FeedEvent) -> None:
        if event.position == poison:
            raise Crash

    copying.refuse = kill
    for _ in range(4):  # the batch once, then by itself as often as any other
        with pytest.raises(Crash):
            await following.run_due()
        office.clock.advance(timedelta(days=2))
    await following.run_due()

    assert await effects(office.database) == [told[0], told[2]]
    (dead,) = await SqlDeliveryReader(office.database).dead(skip=0, limit=10)
    assert (dead.event_id, dead.attempts, dead.code) == (poison, 3, "crashed")


async def test_what_becomes_many_rows_goes_in_small_parts(office: BackOffice) -> None:
    copying = Copying(rows=500)
    following = handover(office, copying, limits=HandoverLimits(at_once=1_000))
    await following.begin()
    told = await customers(office, 5)

    async def refuse(event: FeedEvent) -> None:
        if event.position == told[3]:
            raise OutOfStock("not today")

    copying.refuse = refuse
    # The second part fails, and is taken one by one; what was taken stays.
    assert [await following.run_due() for _ in range(2)] == [5, 0]

    assert copying.batches == [2, 2, 1, 1, 1]
    assert await effects(office.database) == [*told[:3], told[4]]


async def test_one_that_fails_is_waited_for_by_no_other_who_follows(office: BackOffice) -> None:
    async def refuse(_event: FeedEvent) -> None:
        raise OutOfStock("not today")

    healthy = Copying("healthy")
    following = handover(office, Copying(refuse=refuse), healthy)
    await following.begin()
    told = await customers(office, 2)

    await following.run_due()

    assert healthy.seen == told
    assert await effects(office.database, "healthy") == told


async def test_what_nobody_asked_for_is_passed_by_and_never_offered(office: BackOffice) -> None:
    nobody = Copying(family="payment.")
    following = handover(office, nobody, limits=HandoverLimits(at_once=2))
    await following.begin()
    await customers(office, 3)

    assert [await following.run_due() for _ in range(3)] == [2, 1, 0]
    nobody.family = "customer."
    told = await customers(office, 1)
    await following.run_due()

    assert nobody.seen == told


async def test_who_saw_an_older_head_than_its_position_goes_back_to_nothing(
    office: BackOffice,
) -> None:
    copying = Copying()
    following = handover(office, copying)
    await following.begin()
    told = await customers(office, 2)
    await following.run_due()
    turn = following._turn(
        copying,
        Claim(
            consumer="copying",
            position=told[-1],
            head=told[0],
            fence=1,
            attempts=1,
            is_waiting=False,
        ),
    )

    assert await turn.take() == 0
    await following.run_due()

    assert copying.seen == await effects(office.database) == told


async def test_what_is_away_for_a_while_uses_up_no_attempts(office: BackOffice) -> None:
    answers: list[Exception] = [OutOfStock("once")]

    async def refuse(_event: FeedEvent) -> None:
        if answers:
            raise answers[0]

    copying = Copying(refuse=refuse)
    following = handover(office, copying, limits=LONG)
    await following.begin()
    told = await customers(office, 1)
    await following.run_due()  # together, and then by itself: one attempt
    answers[:] = [DatabaseUnavailable("away")]
    for _ in range(2 * LONG.attempts_max):
        office.clock.advance(timedelta(hours=1))
        await following.run_due()

    answers.clear()
    office.clock.advance(timedelta(hours=1))
    await following.run_due()

    assert await effects(office.database) == told
    assert await SqlDeliveryReader(office.database).dead(skip=0, limit=10) == []
