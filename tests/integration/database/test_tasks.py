import asyncio
from datetime import datetime, timedelta

import pytest

from orderwright.domain.entities.task import Task, TaskState
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.builders import NOW

LEASE = timedelta(seconds=15)


@pytest.fixture
def office(database: Database) -> BackOffice:
    return BackOffice(database)


def a_task(number: int = 1, *, due_at: datetime = NOW, dedupe_key: str | None = None) -> Task:
    return Task(
        id=f"task-{number}",
        name="process_order",
        payload={"order_id": number},
        created_at=NOW,
        due_at=due_at,
        dedupe_key=dedupe_key,
    )


async def enqueue(office: BackOffice, *tasks: Task) -> list[str]:
    async with office.uow() as uow:
        kept = [(await uow.tasks.enqueue(task)).id for task in tasks]
        await uow.commit()
    return kept


async def claim(office: BackOffice, *, at: datetime = NOW, limit: int = 10) -> list[Task]:
    async with office.uow() as uow:
        claimed = await uow.tasks.claim_due(now=at, lease_until=at + LEASE, limit=limit)
        await uow.commit()
    return claimed


async def finish(
    office: BackOffice,
    task: Task,
    state: TaskState = TaskState.SUCCEEDED,
    *,
    fence: int | None = None,
) -> bool:
    task.state, task.finished_at = state, NOW
    async with office.uow() as uow:
        written = await uow.tasks.finish(task, task.fence if fence is None else fence)
        await uow.commit()
    return written


async def read(office: BackOffice, number: int = 1) -> Task:
    task = await office.details.task(f"task-{number}")
    assert task is not None
    return task


async def test_a_claim_takes_what_is_due_oldest_first_and_counts_the_attempt(
    office: BackOffice,
) -> None:
    await enqueue(
        office,
        a_task(1, due_at=NOW),
        a_task(2, due_at=NOW - timedelta(seconds=1)),
        a_task(3, due_at=NOW + timedelta(seconds=1)),
    )

    claimed = await claim(office)

    assert [task.id for task in claimed] == ["task-2", "task-1"]
    kept = await read(office)
    assert (kept.state, kept.attempts, kept.fence) == (TaskState.RUNNING, 1, 1)
    assert kept.lease_until == NOW + LEASE
    assert (await read(office, 3)).state is TaskState.QUEUED


async def test_a_claim_takes_no_more_than_it_asks_for(office: BackOffice) -> None:
    await enqueue(office, *(a_task(number) for number in range(1, 6)))

    assert len(await claim(office, limit=2)) == 2
    assert len(await claim(office, limit=10)) == 3
    assert await claim(office) == []


async def test_no_two_claimers_get_the_same_task(office: BackOffice) -> None:
    await enqueue(office, *(a_task(number) for number in range(1, 31)))

    claims = await asyncio.gather(*(claim(office, limit=4) for _ in range(10)))

    claimed = [task.id for tasks in claims for task in tasks]
    assert len(claimed) == len(set(claimed))
    assert all(len(tasks) <= 4 for tasks in claims)
    claimed += [task.id for task in await claim(office, limit=30)]
    assert sorted(claimed) == sorted(f"task-{number}" for number in range(1, 31))


async def test_a_live_lease_is_left_alone(office: BackOffice) -> None:
    await enqueue(office, a_task())
    await claim(office)

    assert await claim(office, at=NOW + LEASE) == []


async def test_a_task_whose_runner_died_is_taken_over(office: BackOffice) -> None:
    await enqueue(office, a_task())
    await claim(office)

    (again,) = await claim(office, at=NOW + LEASE + timedelta(seconds=1))

    assert (again.attempts, again.fence) == (2, 2)


async def test_who_slept_over_the_lease_can_change_nothing(office: BackOffice) -> None:
    await enqueue(office, a_task())
    (slow,) = await claim(office)
    later = NOW + LEASE + timedelta(seconds=1)
    (quick,) = await claim(office, at=later)

    assert not await finish(office, slow, TaskState.DEAD, fence=1)
    async with office.uow() as uow:
        assert not await uow.tasks.extend_lease("task-1", 1, later + 2 * LEASE)
        await uow.commit()

    kept = await read(office)
    assert (kept.state, kept.lease_until) == (TaskState.RUNNING, later + LEASE)
    quick.result = {"order_id": 1}
    assert await finish(office, quick)
    kept = await read(office)
    assert (kept.state, kept.result) == (TaskState.SUCCEEDED, {"order_id": 1})
    assert (kept.finished_at, kept.lease_until) == (NOW, None)


async def test_a_runner_may_keep_its_task_for_longer(office: BackOffice) -> None:
    await enqueue(office, a_task())
    (task,) = await claim(office)

    async with office.uow() as uow:
        assert await uow.tasks.extend_lease(task.id, task.fence, NOW + 3 * LEASE)
        await uow.commit()

    assert await claim(office, at=NOW + 2 * LEASE) == []
    assert len(await claim(office, at=NOW + 4 * LEASE)) == 1


async def test_a_task_to_be_tried_again_waits_for_its_time(office: BackOffice) -> None:
    await enqueue(office, a_task())
    (task,) = await claim(office)
    task.due_at = NOW + timedelta(seconds=60)

    assert await finish(office, task, TaskState.QUEUED)

    assert await claim(office) == []
    (again,) = await claim(office, at=task.due_at)
    assert (again.attempts, again.fence) == (2, 2)


@pytest.mark.parametrize("state", [TaskState.SUCCEEDED, TaskState.FAILED, TaskState.DEAD])
async def test_a_finished_task_is_never_claimed_again(office: BackOffice, state: TaskState) -> None:
    await enqueue(office, a_task())
    (task,) = await claim(office)
    await finish(office, task, state)

    assert await claim(office, at=NOW + timedelta(days=1)) == []


async def test_an_unfinished_promise_is_not_made_twice(office: BackOffice) -> None:
    first, second = a_task(1, dedupe_key="order:1"), a_task(2, dedupe_key="order:1")

    assert await enqueue(office, first, second) == ["task-1", "task-1"]
    (task,) = await claim(office)
    assert await enqueue(office, second) == ["task-1"]
    await finish(office, task)

    assert await enqueue(office, second) == ["task-2"]


async def test_tasks_without_a_dedupe_key_do_not_hinder_each_other(office: BackOffice) -> None:
    assert await enqueue(office, a_task(1), a_task(2)) == ["task-1", "task-2"]


async def test_of_many_equal_promises_at_once_one_is_made(office: BackOffice) -> None:
    made = await asyncio.gather(
        *(enqueue(office, a_task(number, dedupe_key="order:1")) for number in range(1, 11))
    )

    assert len({task_id for (task_id,) in made}) == 1
    assert len(await claim(office)) == 1


async def test_of_many_put_down_in_one_go_those_that_are_there_are_left_out(
    office: BackOffice,
) -> None:
    await enqueue(office, a_task(1, dedupe_key="order:1"))

    async with office.uow() as uow:
        await uow.tasks.enqueue_all([a_task(2, dedupe_key="order:1"), a_task(3), a_task(4)])
        await uow.commit()

    assert sorted(task.id for task in await claim(office)) == ["task-1", "task-3", "task-4"]
