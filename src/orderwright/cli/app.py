"""The command table. Every module here imports only Typer; the work is imported when it is done."""

from typing import Annotated

import typer

from orderwright import __version__
from orderwright.cli.commands import config, openapi, reference
from orderwright.cli.output import print_text

app = typer.Typer(
    help="Orderwright: an order-management service that loses no order.",
    no_args_is_help=True,
    # Drawing boxes costs more than half of the time of --help.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(*, wanted: bool) -> None:
    if wanted:
        print_text(__version__)
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it and exit.")
    ] = False,
) -> None:
    pass


@app.command()
def version() -> None:
    """Print the version."""
    print_text(__version__)


app.command()(openapi.openapi)
app.command()(reference.reference)
app.add_typer(config.app, name="config")
