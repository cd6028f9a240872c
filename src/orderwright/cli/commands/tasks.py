"""Queued tasks, and those that were given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from orderwright.cli.output import Json, as_data, print_json, print_record, print_table, say
from orderwright.cli.plain_typer import group
from orderwright.cli.runtime import acting, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orderwright.container import Container
    from orderwright.domain.entities.task import Task

app = group("Look after tasks that ended badly.")

_COLUMNS = ("id", "name", "state", "attempts", "order_id", "finished_at", "error")
TaskId = Annotated[str, typer.Argument(help="Id of the task.")]


@app.command("list")
def list_some(
    *,
    state: Annotated[
        Literal["dead", "failed"],
        typer.Option(help="`dead` were given up, `failed` were refused for good."),
    ] = "dead",
    after: Annotated[str | None, typer.Option(help="Go on after the task with this id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    as_json: Json = False,
) -> None:
    """List them, the latest first."""
    tasks = [as_data(each) for each in run(lambda it: _ended(it, state, after, limit))]
    if as_json:
        print_json(tasks)
    elif tasks:
        rows = [[each[column] for column in _COLUMNS] for each in tasks]
        print_table([column.upper() for column in _COLUMNS], rows)
    else:
        say(f"No task is {state}.")


@app.command()
def show(task_id: TaskId, *, as_json: Json = False) -> None:
    """All that is known of one."""
    task = as_data(run(lambda container: _task(container, task_id)))
    if as_json:
        print_json(task)
    else:
        print_record(task)


@app.command()
def retry(task_id: TaskId) -> None:
    """Give a dead one another life: it is tried as often again as a new one.

    Where it was to process an order whose payment has failed meanwhile, another payment is made.
    """
    run(lambda container: _retry(container, task_id))
    say(f"The task {task_id} is queued again.")


async def _ended(container: Container, state: str, after: str | None, limit: int) -> Sequence[Task]:
    from orderwright.domain.entities.task import TaskState

    return await container.order_details_reader().tasks(TaskState(state), after=after, limit=limit)


async def _task(container: Container, task_id: str) -> Task:
    from orderwright.domain.entities.task import TaskNotFound

    task = await container.order_details_reader().task(task_id)
    if task is None:
        raise TaskNotFound("no task has this id")
    return task


async def _retry(container: Container, task_id: str) -> None:
    from orderwright.application.commands.retry_task import RetryTask, retry_task

    command = RetryTask(task_id=task_id)
    await retry_task(command, acting(container), now=container.clock().now())
