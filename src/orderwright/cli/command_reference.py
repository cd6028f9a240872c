"""docs/reference/cli.md, from the command table."""

from collections.abc import Iterator
from typing import Any

import typer
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
    commands = [_section(name, command) for name, command in _commands("orderwright", app)]
    return "\n".join([_INTRODUCTION, *codes, *commands])


def _commands(prefix: str, app: typer.Typer) -> Iterator[tuple[str, Any]]:
    yield from _leaves(prefix, get_command(app))


def _leaves(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name in sorted(children):
        if not children[name].hidden:
            yield from _leaves(f"{path} {name}", children[name])


def _section(path: str, command: Any) -> str:
    context = typer.Context(command, info_name=path)
    arguments = command.collect_usage_pieces(context)
    rows = [
        record for each in command.get_params(context) if (record := each.get_help_record(context))
    ]
    lines = [f"- `{names}`: {text}" for names, text in rows if "--help" not in names]
    usage = f"\n## `{path}`\n\n{command.help}\n\n```text\n{' '.join([path, *arguments])}\n```"
    return "\n".join([usage, "", *lines]) if lines else usage
