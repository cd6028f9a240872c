"""Events that a part of the service could not take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from orderwright.cli.output import Json, as_data, print_json, print_table, say
from orderwright.cli.plain_typer import group
from orderwright.cli.runtime import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orderwright.container import Container
    from orderwright.domain.interfaces.event_delivery import DeadEvent

app = group("Look after events that were given up.")

_COLUMNS = ("consumer", "event_id", "event", "attempts", "dead_at", "code", "detail")


@app.command()
def dead(
    *,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    as_json: Json = False,
) -> None:
    """List them, the latest first."""
    given_up = [as_data(each) for each in run(lambda container: _dead(container, limit))]
    if as_json:
        print_json(given_up)
    elif given_up:
        rows = [[each[column] for column in _COLUMNS] for each in given_up]
        print_table([column.upper() for column in _COLUMNS], rows)
    else:
        say("No event was given up.")


@app.command()
def retry(
    consumer: Annotated[str, typer.Argument(help="Who could not take it.")],
    event_id: Annotated[int, typer.Argument(help="Id of the event.")],
) -> None:
    """Offer one again, as often as a new one."""
    run(lambda container: _retry(container, consumer, event_id))
    say(f"Event {event_id} is offered to {consumer} again.")


async def _dead(container: Container, limit: int) -> Sequence[DeadEvent]:
    return await container.delivery_reader().dead(skip=0, limit=limit)


async def _retry(container: Container, consumer: str, event_id: int) -> None:
    from orderwright.application.commands.retry_event import RetryEvent, retry_event
    from orderwright.domain.interfaces.requests import RequestContext

    await retry_event(
        RetryEvent(consumer=consumer, event_id=event_id),
        container.unit_of_work(RequestContext()),
        now=container.clock().now(),
    )
