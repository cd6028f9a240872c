"""Data goes to standard output, talk to standard error, so that pipes carry only data."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]

# A terminal obeys these; a customer's name must not be able to speak to it.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def say(text: str) -> None:
    """Talk to the person at the terminal."""
    typer.echo(text, err=True)


def print_json(data: object) -> None:
    typer.echo(json.dumps(data, default=_plain, ensure_ascii=False, indent=2))


def print_text(text: str) -> None:
    typer.echo(text)


def print_record(record: Mapping[str, object]) -> None:
    width = max(map(len, record), default=0)
    for name, value in record.items():
        typer.echo(f"{name:<{width}}  {shown(value)}")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    cells = [list(columns), *([shown(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        typer.echo("  ".join(map(str.ljust, row, widths)).rstrip())


def shown(value: object) -> str:
    """One line of text for a person, harmless to a terminal."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else str(_plain(value))
    return _CONTROL.sub(" ", text)


def _plain(value: Any) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else str(value)
