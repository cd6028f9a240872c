"""What is done every so often: by one process at a time, whatever happens to the others."""

import asyncio
from datetime import timedelta

import pytest

from orderwright.application.services.schedules import Schedule, Schedules
from orderwright.domain.entities.schedule import ScheduleNotFound, ScheduleRunning
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.schedules import SqlSchedules
from tests.back_office import BackOffice, SteppingClock
from tests.integration.application.test_running_tasks import Failures

_HOUR = timedelta(hours=1)
_DEADLINE_S = 20.0


class Acts:
    """Each `gate` holds up those who are in it."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def sweep(self) -> None:
        self.ran.append("sweep")
        await self.gate.wait()

    async def fail(self) -> None:
        self.ran.append("fail")
        raise LookupError("of the database")


def process(office: BackOffice, acts: Acts, failures: Failures) -> Schedules:
    """One of several that run the same schedules."""
    both = [Schedule("fail", _HOUR, acts.fail), Schedule("sweep", _HOUR, acts.sweep)]
    return Schedules(both, SqlSchedules(office.database), office.clock, failures)


async def idle(*processes: Schedules) -> None:
    async with asyncio.timeout(_DEADLINE_S):
        while any(len(each._underway) for each in processes):
            await asyncio.sleep(0)


async def test_one_process_at_a_time_and_a_failure_delays_no_other(database: Database) -> None:
    office, acts, failures = BackOffice(database), Acts(), Failures()
    here, there = process(office, acts, failures), process(office, acts, failures)
    acts.gate.clear()

    assert (await here.run_due(), await there.run_due()) == (2, 0)
    with pytest.raises(ScheduleRunning):
        await there.run_now("sweep")
    acts.gate.set()
    await idle(here, there)

    assert sorted(acts.ran) == ["fail", "sweep"]
    assert [(each.name, each.last_error, each.running) for each in await there.states()] == [
        ("fail", "LookupError", False),
        ("sweep", None, False),
    ]
    assert await there.run_due() == 0  # not before an hour has gone by


async def test_runs_that_were_missed_are_made_up_for_by_one(database: Database) -> None:
    office, acts, failures = BackOffice(database), Acts(), Failures()
    here = process(office, acts, failures)
    await here.run_due()
    await idle(here)
    acts.ran.clear()
    office.clock.advance(timedelta(days=2))

    assert await here.run_due() == 2
    await idle(here)

    assert await here.run_due() == 0
    assert sorted(acts.ran) == ["fail", "sweep"]


async def test_a_clock_that_was_a_day_ahead_for_a_moment_stops_nothing(database: Database) -> None:
    office, acts, failures = BackOffice(database), Acts(), Failures()
    here, wrong = process(office, acts, failures), process(office, acts, failures)
    wrong._clock = SteppingClock(office.clock.now() + timedelta(days=1))
    await wrong.run_due()
    await idle(wrong)

    assert await here.run_due() == 2
    await idle(here)

    assert await here.run_due() == 0
    assert sorted(acts.ran) == ["fail", "fail", "sweep", "sweep"]


async def test_another_process_takes_over_when_the_lease_of_a_dead_one_ends(
    database: Database,
) -> None:
    office, acts, failures = BackOffice(database), Acts(), Failures()
    dead, alive = process(office, acts, failures), process(office, acts, failures)
    acts.gate.clear()
    await dead.run_due()
    async with asyncio.timeout(_DEADLINE_S):
        while "sweep" not in acts.ran or dead._underway.names != {"sweep"}:
            await asyncio.sleep(0.001)
    office.clock.advance(timedelta(seconds=16))
    acts.ran.clear()

    assert await alive.run_due() == 1
    acts.gate.set()
    await idle(dead, alive)

    assert acts.ran == ["sweep"]


async def test_one_is_run_now_by_its_name(database: Database) -> None:
    office, acts, failures = BackOffice(database), Acts(), Failures()
    here = process(office, acts, failures)

    await here.run_now("sweep")
    with pytest.raises(ScheduleNotFound, match="fail, sweep"):
        await here.run_now("weep")

    assert acts.ran == ["sweep"]
