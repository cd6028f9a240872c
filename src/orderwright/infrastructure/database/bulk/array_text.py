"""Arrays as PostgreSQL reads them from text.

asyncpg asks of each element of an array whether it is an array itself, which costs more than to send it.
A whole column as one text is made by a few calls, and the database reads it about as fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, cast

# PostgreSQL has no such character in any text, so it may stand between those of a column.
_BETWEEN: Final = "\0"
_NEXT: Final = '","'
_REMEMBERED: Final = 8_192

AsText = Callable[[Sequence[Any]], str]


def array_text_of(kind: str) -> AsText | None:
    """How a column of this SQL type is written; None for one that is left to the driver."""
    if kind.startswith(("VARCHAR", "TEXT")):
        return _texts
    return _WRITTEN.get(kind)


def _numbers(column: Sequence[int | None]) -> str:
    """Truth too, as 1 and 0. Nothing but these: a text here might read as two elements."""
    return _listed(map(_word if None in column else int.__repr__, column))


def _moments(column: Sequence[datetime | None]) -> str:
    return _listed(map(_moment, column))


def _texts(column: Sequence[str | None]) -> str:
    if None in column:
        return _listed("NULL" if each is None else _quoted(each) for each in column)
    return _said(cast("Sequence[str]", column))


def _said(column: Sequence[str]) -> str:
    joined = _BETWEEN.join(column)
    if not column or joined.count(_BETWEEN) != len(column) - 1:
        # With that character in it: for the database to refuse.
        return _listed(map(_quoted, column))
    return f"{{{_quoted(joined).replace(_BETWEEN, _NEXT)}}}"


def _listed(words: Iterable[str]) -> str:
    return f"{{{','.join(words)}}}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _word(value: int | None) -> str:
    return "NULL" if value is None else int.__repr__(value)


@lru_cache(_REMEMBERED)
def _moment(value: datetime | None) -> str:
    return "NULL" if value is None else f'"{value.isoformat()}"'


_WRITTEN: Final[dict[str, AsText]] = {
    "BIGINT": _numbers,
    "BOOLEAN": _numbers,
    "TIMESTAMP WITH TIME ZONE": _moments,
}
