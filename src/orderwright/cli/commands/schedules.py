"""What is done every so often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from orderwright.cli.output import Json, as_data, print_json, print_table, say
from orderwright.cli.plain_typer import group
from orderwright.cli.runtime import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orderwright.container import Container
    from orderwright.domain.entities.schedule import ScheduleState

app = group("Look at what is done every so often, and do it now.")

_COLUMNS = ("name", "every", "due_at", "running", "last_run_at", "last_error")


@app.command("list")
def list_all(*, as_json: Json = False) -> None:
    """When each is due, and how its last run went."""
    states = [as_data(each) for each in run(_states)]
    if as_json:
        print_json(states)
    else:
        rows = [[each[column] for column in _COLUMNS] for each in states]
        print_table([column.upper() for column in _COLUMNS], rows)


@app.command("run")
def run_now(name: Annotated[str, typer.Argument(help="Name of the schedule.")]) -> None:
    """Do one now, due or not, unless somebody is at it."""
    run(lambda container: _run_now(container, name))
    say(f"{name} has run.")


async def _states(container: Container) -> Sequence[ScheduleState]:
    states: Sequence[ScheduleState] = await container.schedules().states()
    return states


async def _run_now(container: Container, name: str) -> None:
    await container.schedules().run_now(name)
