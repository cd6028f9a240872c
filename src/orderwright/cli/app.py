"""The command table. A command is imported when it is used, so that the others cost nothing."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

from orderwright import __version__

# Name and one line for --help; the module orderwright.cli.commands.<name> has the command, with an
# underscore for each dash.
COMMANDS: Final = {
    "serve": "Run the API, and the work behind it, until stopped by SIGTERM or Ctrl-C.",
    "worker": "Run the work behind the API, without the API, until stopped by SIGTERM or Ctrl-C.",
    "scheduler": "Run what is due by the clock, and no queued tasks, until stopped by SIGTERM or Ctrl-C.",
    "orders": "Look at orders, and move them in and out.",
    "tasks": "Look after tasks that ended badly.",
    "schedules": "Look at what is done every so often, and do it now.",
    "payments": "Look after payment operations that need a person.",
    "events": "Look after events that were given up.",
    "webhooks": "Have events sent to others, and see what came of it.",
    "keys": "Create, list and revoke API keys.",
    "admin": "Manage the people who run the service.",
    "db": "Prepare and check the database.",
    "audit": "Check every invariant of orders, stock and money; exit 6 when one is broken.",
    "doctor": "Check what the service needs and tell the fix of what is wrong.",
    "config": "Look at the configuration.",
    "explain": "Say what the code of an error means, and what to do about it.",
    "demo": "Try things on a made-up shop.",
    "sandbox-gateway": "Run a payment gateway that moves no money and misbehaves on request.",
    "openapi": "Print the OpenAPI document of this release.",
    "reference": "Print a page of docs/reference as Markdown.",
    "version": "Print the version.",
}


class CommandTable(TyperGroup):
    def list_commands(self, _ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        command = get_command(
            import_module(f"orderwright.cli.commands.{cmd_name.replace('-', '_')}").app
        )
        command.name = cmd_name
        return command

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    cls=CommandTable,
    help="Orderwright: an order-management service that loses no order.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit
