"""A made-up shop to try things on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from orderwright.cli.output import Json, as_data, print_json, print_record
from orderwright.cli.plain_typer import group
from orderwright.cli.progress import progress_bar
from orderwright.cli.runtime import run

if TYPE_CHECKING:
    from orderwright.application.services.demo import Seeded
    from orderwright.application.services.demo_traffic import Traffic
    from orderwright.container import Container

app = group("Try things on a made-up shop.")


@app.command()
def seed(*, as_json: Json = False) -> None:
    """Fill an empty database with a made-up shop; again is the same as once."""
    seeded = as_data(run(_seed))
    if as_json:
        print_json(seeded)
    else:
        print_record(seeded)


async def _seed(container: Container) -> Seeded:
    with progress_bar("orders") as tell:
        return await container.demo_shop().seed(tell)


@app.command()
def traffic(
    *,
    orders: Annotated[int, typer.Option(min=1, help="How many orders to place.")] = 100,
    rate: Annotated[float, typer.Option(min=0.1, max=1000, help="Orders a second.")] = 5.0,
    as_json: Json = False,
) -> None:
    """Place made-up orders at a pace, beside a server or without; a worker then processes them."""

    async def shop(container: Container) -> Traffic:
        queue = container.placement_queue()
        queue.start()
        try:
            return await container.demo_traffic().run(orders, rate)
        finally:
            await queue.stop()

    told = as_data(run(shop))
    if as_json:
        print_json(told)
    else:
        print_record({"placed": told["placed"], **told["refused"]})
