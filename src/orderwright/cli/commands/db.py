"""The schema of the database: bring it up, take it down, or ask where it stands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.output import Json, print_json, print_text, say
from orderwright.cli.plain_typer import group
from orderwright.cli.runtime import SchemaCare, load_settings, run

if TYPE_CHECKING:
    from orderwright.container import Container

app = group("Prepare and check the database.")

Revision = Annotated[str, typer.Argument(help="A revision of the schema, or `head`.")]


@app.command()
def upgrade(
    revision: Revision = "head",
    *,
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the statements instead of running them.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Prepare the database of DATABASE_URL for this release."""
    if sql:
        print_text(_upgrade_sql(revision))
        return
    current = run(lambda container: _upgrade(container, revision), schema=SchemaCare.NONE)
    _tell(current, as_json=as_json)


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="Revision to go back to, or `base`.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Take the schema back, along with the data that only the newer one can hold."""
    if not yes:
        _ask(revision)
    current = run(lambda container: _downgrade(container, revision), schema=SchemaCare.NONE)
    _tell(current, as_json=as_json)


@app.command()
def current(*, as_json: Json = False) -> None:
    """Print the revision of the database."""
    _tell(
        run(lambda container: container.schema().current(), schema=SchemaCare.NONE), as_json=as_json
    )


@app.command()
def check(*, as_json: Json = False) -> None:
    """Tell whether the database fits this release; exit 5 when it does not."""
    standing = run(lambda container: container.schema().check(), schema=SchemaCare.NONE)
    if as_json:
        print_json({"standing": standing})
    else:
        print_text(standing)
    raise typer.Exit(ExitCode.OK if standing == "at_head" else ExitCode.UNAVAILABLE)


async def _upgrade(container: Container, revision: str) -> str | None:
    await container.schema().upgrade(revision)
    return await container.schema().current()


async def _downgrade(container: Container, revision: str) -> str | None:
    await container.schema().downgrade(revision)
    return await container.schema().current()


def _upgrade_sql(revision: str) -> str:
    from orderwright.container import build_container

    return build_container(load_settings()).schema().upgrade_sql(revision)


def _ask(revision: str) -> None:
    from orderwright.cli.commands.config import without_password

    url = without_password(load_settings().database_url)
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"is needed to take {url} back to {revision}", param_hint="--yes")
    typer.confirm(f"Take {url} back to {revision}? Data may be lost.", abort=True, err=True)


def _tell(revision: str | None, *, as_json: bool) -> None:
    if as_json:
        print_json({"revision": revision})
    elif revision is None:
        say("The database is not prepared: run `orderwright db upgrade`.")
    else:
        print_text(revision)
