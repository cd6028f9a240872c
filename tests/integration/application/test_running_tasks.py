"""One bad task, and one bad moment of the database, among good ones."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from orderwright.application.services.task_handlers import TaskHandler, TaskResult
from orderwright.application.services.task_runner import TaskLimits, TaskRunner
from orderwright.domain.entities.task import Task, TaskState
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import DatabaseUnavailable, UnitOfWork
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.messaging.embedded_worker import EmbeddedWorker
from orderwright.infrastructure.messaging.wake_up import WakeUp
from tests.back_office import BackOffice

DEADLINE_S = 10.0


@dataclass
class Failures:
    of_tasks: list[str] = field(default_factory=list)
    of_worker: list[Exception] = field(default_factory=list)

    def task_failed(self, task: Task, _error: Exception) -> None:
        self.of_tasks.append(task.name)

    def worker_failed(self, error: Exception) -> None:
        self.of_worker.append(error)


async def put_down(office: BackOffice, *names: str) -> None:
    now = office.clock.now()
    async with office.uow() as uow:
        for name in names:
            await uow.tasks.enqueue(
                Task(id=name, name=name, payload={}, created_at=now, due_at=now)
            )
        await uow.commit()


async def state_of(office: BackOffice, task_id: str) -> TaskState:
    task = await office.details.task(task_id)
    assert task is not None
    return task.state


def runner(
    office: BackOffice,
    failures: Failures,
    units: Callable[[RequestContext], UnitOfWork] | None = None,
    *,
    limits: TaskLimits | None = None,
    **handlers: TaskHandler,
) -> TaskRunner:
    return TaskRunner(
        units or office.units, handlers, office.clock, failures, limits or TaskLimits()
    )


async def run_to_the_end(tasks: TaskRunner) -> int:
    begun = await tasks.run_due()
    await tasks.finish(DEADLINE_S)
    return begun


async def test_a_result_that_cannot_be_kept_does_not_end_the_tasks_beside_it(
    database: Database,
) -> None:
    office, failures = BackOffice(database), Failures()
    await put_down(office, "bad", "good")

    async def bad(_task: Task) -> TaskResult:
        return {"result": object()}

    async def good(_task: Task) -> TaskResult:
        async with asyncio.timeout(DEADLINE_S):
            while not failures.of_worker:
                await asyncio.sleep(0)
        return {}

    assert await run_to_the_end(runner(office, failures, bad=bad, good=good)) == 2

    assert await state_of(office, "good") is TaskState.SUCCEEDED
    assert await state_of(office, "bad") is TaskState.RUNNING  # until its lease is over


async def test_a_lease_is_renewed_again_after_a_moment_without_database(
    database: Database,
) -> None:
    office, failures = BackOffice(database), Failures()
    await put_down(office, "long")
    renewals = 0
    renewed = asyncio.Event()

    def units(context: RequestContext) -> UnitOfWork:
        nonlocal renewals
        if renewals_began.is_set() and not renewed.is_set():
            renewals += 1
            if renewals == 1:
                raise DatabaseUnavailable("gone for a moment")
            renewed.set()
        return office.units(context)

    renewals_began = asyncio.Event()

    async def long(_task: Task) -> TaskResult:
        renewals_began.set()
        async with asyncio.timeout(DEADLINE_S):
            await renewed.wait()
        return {}

    limits = TaskLimits(lease=timedelta(milliseconds=30))
    await run_to_the_end(runner(office, failures, units, limits=limits, long=long))

    assert [type(error) for error in failures.of_worker] == [DatabaseUnavailable]
    assert await state_of(office, "long") is TaskState.SUCCEEDED


async def test_a_task_that_nobody_can_run_is_dead_in_the_end(database: Database) -> None:
    office, failures = BackOffice(database), Failures()
    await put_down(office, "unheard_of")
    limits = TaskLimits(retries_max=1, retry_countdown=timedelta())
    tasks = runner(office, failures, limits=limits)

    assert [await run_to_the_end(tasks) for _ in range(3)] == [1, 1, 0]

    assert failures.of_tasks == ["unheard_of", "unheard_of"]
    assert await state_of(office, "unheard_of") is TaskState.DEAD


async def test_one_that_is_cut_off_at_its_time_limit_says_so(database: Database) -> None:
    office, failures = BackOffice(database), Failures()
    await put_down(office, "stuck")

    async def stuck(_task: Task) -> TaskResult:
        await asyncio.Event().wait()
        return {}

    limits = TaskLimits(time_limit=timedelta(milliseconds=1), retries_max=0)
    await run_to_the_end(runner(office, failures, limits=limits, stuck=stuck))

    task = await office.details.task("stuck")
    assert task is not None
    assert task.state is TaskState.DEAD
    assert task.error == {"code": "time_limit", "detail": "the task took longer than 0.001 s"}


async def test_one_that_takes_long_holds_up_no_other(database: Database) -> None:
    office, failures, freed = BackOffice(database), Failures(), asyncio.Event()
    await put_down(office, "long")
    enough = asyncio.Event()

    async def long(_task: Task) -> TaskResult:
        await enough.wait()
        return {}

    async def short(_task: Task) -> TaskResult:
        return {}

    tasks = TaskRunner(
        office.units,
        {"long": long, "one": short, "two": short},
        office.clock,
        failures,
        TaskLimits(at_once=2),
        freed=freed.set,
    )
    assert await tasks.run_due() == 1
    await put_down(office, "one", "two")
    assert await tasks.run_due() == 1
    async with asyncio.timeout(DEADLINE_S):
        await freed.wait()
    assert await tasks.run_due() == 1
    enough.set()
    await tasks.finish(DEADLINE_S)

    assert {await state_of(office, each) for each in ("long", "one", "two")} == {
        TaskState.SUCCEEDED
    }


async def test_what_became_of_a_task_is_written_down_when_the_database_is_back(
    database: Database,
) -> None:
    office, failures, times = BackOffice(database), Failures(), 0
    await put_down(office, "done")

    def units(context: RequestContext) -> UnitOfWork:
        nonlocal times
        times += 1
        if times in (2, 3):  # it was claimed, and is to be written down
            raise DatabaseUnavailable("it restarts")
        return office.units(context)

    async def done(_task: Task) -> TaskResult:
        return {}

    limits = TaskLimits(lease=timedelta(seconds=1))
    await run_to_the_end(runner(office, failures, units, limits=limits, done=done))

    assert failures.of_worker == []
    assert await state_of(office, "done") is TaskState.SUCCEEDED


async def test_one_that_lost_the_database_is_run_again_as_soon_as_one_that_lost_its_runner(
    database: Database,
) -> None:
    office, failures = BackOffice(database), Failures()
    await put_down(office, "task")

    async def loses_it(_task: Task) -> TaskResult:
        raise DatabaseUnavailable("it restarts")

    tasks = runner(office, failures, task=loses_it)
    assert await run_to_the_end(tasks) == 1
    office.clock.advance(timedelta(seconds=10))
    assert await run_to_the_end(tasks) == 0
    office.clock.advance(timedelta(seconds=5))
    assert await run_to_the_end(tasks) == 1


async def test_a_stuck_task_does_not_keep_the_worker_from_stopping() -> None:
    stuck = asyncio.Event()
    cut_off = False

    async def run_due() -> int:
        nonlocal cut_off
        stuck.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cut_off = True
            raise
        return 1

    worker = EmbeddedWorker(run_due, Failures(), WakeUp(), stop_grace_s=0.01)
    worker.start()
    await stuck.wait()
    async with asyncio.timeout(DEADLINE_S):
        await worker.stop()

    assert cut_off
