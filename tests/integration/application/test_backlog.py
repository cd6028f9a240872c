"""What waits, as it is measured."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.plans.explaining import SqliteExplainer, overheard
from orderwright.application.services.backlog import Backlog
from orderwright.domain.entities.webhook_endpoint import (
    DisabledBecause,
    Envelope,
    PayloadStyle,
    WebhookEndpoint,
)
from orderwright.domain.interfaces.backlog import Queue, Waiting
from orderwright.domain.value_objects.event_filter import EventFilter
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.backlog import SqlBacklogReader
from tests.back_office import BackOffice
from tests.events import relay
from tests.patience import patient_database

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


async def an_endpoint(office: BackOffice, *, is_active: bool = True) -> int:
    endpoint = WebhookEndpoint.create(
        url="https://shop.test/",
        description="",
        events=EventFilter.OF_ORDERS,
        payload=PayloadStyle.FULL,
        envelope=Envelope.PLAIN,
        secret="sealed",
        now=office.clock.now(),
    )
    if not is_active:
        endpoint.disable(DisabledBecause.GONE, office.clock.now())
    async with office.uow() as uow:
        await uow.webhook_endpoints.add(endpoint)
        return await uow.commit(endpoint.id)


async def a_delivery(office: BackOffice, endpoint_id: int, due_at: datetime) -> None:
    async with office.uow() as uow:
        await uow.webhook_deliveries.add_test(endpoint_id, due_at)
        await uow.commit()


async def test_what_is_due_is_counted_since_the_first_of_it_was(database: Database) -> None:
    office, reader = BackOffice(database), SqlBacklogReader(database)
    product = await office.product()
    first, second, third = [await office.place(product) for _ in range(3)]
    await relay(office).number_due()
    endpoint, gone = await an_endpoint(office), await an_endpoint(office, is_active=False)
    await relay(office).number_due()
    at = office.clock.now()
    assert await reader.backlogs(at) == dict.fromkeys(Queue, Waiting(0, None))

    await office.customer()
    one, _, _ = [await office.request_processing(each.id) for each in (first, second, third)]
    async with office.uow() as uow:
        later = office.clock.now() + timedelta(hours=1)
        await uow.tasks.claim(office.tasks[second.id], now=office.clock.now(), lease_until=later)
        await uow.commit()
    for due_at in (at, at + timedelta(seconds=1), at + timedelta(days=1)):
        await a_delivery(office, endpoint, due_at)
    await a_delivery(office, gone, at)

    backlogs = await reader.backlogs(at + timedelta(minutes=1))
    assert backlogs[Queue.OUTBOX].pending == 1
    assert backlogs[Queue.OUTBOX].oldest_at == at + timedelta(seconds=1)
    assert backlogs[Queue.TASKS] == Waiting(2, one.due_at)  # the other one is being run
    assert backlogs[Queue.WEBHOOK_DELIVERIES] == Waiting(2, at)


async def test_however_much_is_finished_nobody_looks_through_it(sqlite_url: str) -> None:
    database = patient_database(sqlite_url)
    with overheard(database) as statements:
        await SqlBacklogReader(database).backlogs(NOW)
    await database.dispose()

    (statement,) = statements
    plan = str((await SqliteExplainer(sqlite_url).explain(statement)).plan)
    assert "USING INDEX ix_tasks_unfinished" in plan
    assert "USING COVERING INDEX ix_webhook_deliveries_due" in plan


class Told:
    """A database and a clock that say what the test wants."""

    def __init__(self, backlogs: Mapping[Queue, Waiting]) -> None:
        self._backlogs = backlogs

    async def backlogs(self, _now: datetime) -> Mapping[Queue, Waiting]:
        return self._backlogs

    def now(self) -> datetime:
        return NOW


@pytest.mark.parametrize(("since_s", "lag_s"), [(-2.5, 2.5), (None, 0.0), (3.0, 0.0)])
async def test_the_lag_is_how_long_the_oldest_has_waited_and_never_below_nothing(
    since_s: float | None, lag_s: float
) -> None:
    oldest_at = None if since_s is None else NOW + timedelta(seconds=since_s)
    source, told = Told({Queue.TASKS: Waiting(7, oldest_at)}), list[tuple[Queue, int, float]]()

    await Backlog(source, source, lambda *all_of_it: told.append(all_of_it)).measure()

    assert told == [(Queue.TASKS, 7, lag_s)]
