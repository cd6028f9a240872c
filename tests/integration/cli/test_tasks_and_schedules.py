"""What the background did, and what it could not do, at the command line."""

import asyncio
from typing import Final

from orderwright.cli.exit_codes import ExitCode
from orderwright.domain.entities.task import Task, TaskState
from tests.back_office import BackOffice
from tests.integration.cli.conftest import CommandLine
from tests.patience import patient_database

_ERROR: Final[dict[str, object]] = {
    "code": "internal_error",
    "detail": "the task failed unexpectedly",
}


async def _plant_dead_task(url: str) -> None:
    database = patient_database(url)
    office = BackOffice(database)
    now = office.clock.now()
    dead = Task(
        id="t-1",
        name="poison",
        payload={},
        created_at=now,
        due_at=now,
        finished_at=now,
        state=TaskState.DEAD,
        attempts=4,
        error=_ERROR,
    )
    async with office.uow() as uow:
        await uow.tasks.enqueue(dead)
        await uow.commit()
    await database.dispose()


def test_a_dead_task_is_listed_shown_and_given_another_life(orderwright: CommandLine) -> None:
    assert orderwright("tasks", "list", "--json").json == []
    in_data_dir = f"sqlite+aiosqlite:///{orderwright.data_dir}/orderwright.db"
    asyncio.run(_plant_dead_task(orderwright.environment().get("DATABASE_URL", in_data_dir)))

    (listed,) = orderwright("tasks", "list", "--json").json
    assert (listed["id"], listed["attempts"], listed["error"]) == ("t-1", 4, _ERROR)
    assert orderwright("tasks", "show", "t-1", "--json").json == listed

    assert orderwright("tasks", "retry", "t-1").exit_code == ExitCode.OK

    again = orderwright("tasks", "show", "t-1", "--json").json
    assert (again["state"], again["attempts"], again["error"]) == ("queued", 0, None)
    assert orderwright("tasks", "list", "--json").json == []
    assert orderwright("tasks", "retry", "t-1").exit_code == ExitCode.REFUSED
    assert orderwright("tasks", "show", "nobody").exit_code == ExitCode.NOT_FOUND


def test_a_schedule_is_run_now_and_says_when(orderwright: CommandLine) -> None:
    assert orderwright("schedules", "run", "forget_expired").exit_code == ExitCode.OK

    states = {each["name"]: each for each in orderwright("schedules", "list", "--json").json}

    assert states["forget_expired"]["last_run_at"] is not None
    assert states["expire_orders"]["last_run_at"] is None
    assert orderwright("schedules", "run", "nothing").exit_code == ExitCode.NOT_FOUND
