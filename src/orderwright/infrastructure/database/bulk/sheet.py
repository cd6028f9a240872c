from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Row = tuple[Any, ...]


class Columns(Protocol):
    """Which columns of which table a row has values for; the others take their default."""

    @property
    def table(self) -> str: ...

    @property
    def columns(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Sheet:
    table: str
    columns: Sequence[str]


def sheet(table: str, columns: str) -> Sheet:
    return Sheet(table, tuple(columns.split()))
