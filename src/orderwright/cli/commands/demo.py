"""A made-up shop to try things on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orderwright.cli.output import Json, as_data, print_json, print_record
from orderwright.cli.plain_typer import group
from orderwright.cli.progress import progress_bar
from orderwright.cli.runtime import run

if TYPE_CHECKING:
    from orderwright.application.services.demo import Seeded
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
