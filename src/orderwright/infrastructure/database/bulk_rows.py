"""New entities as plain rows: a bulk INSERT costs a tenth of what the ORM's unit of work does."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import inspect


def row_of(entity: object, **beside: Any) -> dict[str, Any]:
    """The columns of a mapped entity that was never in a session, and those it has no field for.

    A column without a value is left to its default.
    """
    kind: Any = type(entity)
    state = vars(entity)
    return {name: state[name] for name in _columns(kind) if name in state} | beside


@cache
def _columns(kind: type) -> tuple[str, ...]:
    # Composites (Money, UnitPrice) keep their parts in these same attributes.
    return tuple(inspect(kind).column_attrs.keys())
