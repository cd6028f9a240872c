"""docs/reference/cli.md, from the command table."""

from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from orderwright.cli.exit_codes import MEANING

_INTRODUCTION = """\
# Command line

Made by `orderwright reference cli` from `src/orderwright/cli`; do not edit.

Data goes to standard output, talk and errors to standard error. With `--json` both are JSON.
Settings come from the environment ([settings](settings.md)).

## Exit codes

| Code | Meaning |
|---|---|"""


def command_reference(app: typer.Typer) -> str:
    codes = [f"| {int(code)} | {meaning} |" for code, meaning in MEANING.items()]
    leaves = _leaves("orderwright", get_command(app))
    commands = [_section(path, command) for path, command in leaves]
    return "\n".join([_INTRODUCTION, *codes, *commands])


def _leaves(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(command, TyperGroup):
        yield path, command
        return
    context = typer.Context(command)
    for name in command.list_commands(context):
        yield from _leaves(f"{path} {name}", command.get_command(context, name))


def _section(path: str, command: Any) -> str:
    context = typer.Context(command, info_name=path)
    arguments = command.collect_usage_pieces(context)
    rows = [
        record for each in command.get_params(context) if (record := each.get_help_record(context))
    ]
    lines = [f"- `{names}`: {text}" for names, text in rows if "--help" not in names]
    usage = f"\n## `{path}`\n\n{command.help}\n\n```text\n{' '.join([path, *arguments])}\n```"
    return "\n".join([usage, "", *lines]) if lines else usage
