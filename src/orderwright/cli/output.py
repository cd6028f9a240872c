"""Data goes to standard output, talk to standard error, so that pipes carry only data."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any

import typer

from orderwright.domain.value_objects.address import Address
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money, UnitPrice

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]

# A terminal obeys these; a customer's name must not be able to speak to it.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def say(text: str) -> None:
    """Talk to the person at the terminal."""
    typer.echo(text, err=True)


def print_json(data: object) -> None:
    typer.echo(json.dumps(data, default=plain, ensure_ascii=False, indent=2))


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
    if isinstance(value, dict | list | tuple | frozenset):
        parts = value.values() if isinstance(value, dict) else value
        return ", ".join(map(shown, parts))
    text = value if isinstance(value, str) else str(plain(value))
    return _CONTROL.sub(" ", text)


def as_data(value: Any) -> Any:
    """A read model as JSON can say it: money as decimal text, addresses without their gaps."""
    if isinstance(value, Currency):
        return value.code
    if isinstance(value, Money | UnitPrice):
        return str(value)
    if isinstance(value, Address):
        return value.as_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: as_data(getattr(value, each.name)) for each in fields(value)}
    return [as_data(each) for each in value] if isinstance(value, list | tuple) else value


def plain(value: Any) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else str(value)
