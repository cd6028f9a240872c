"""JSON Schemas of events, from the classes that are written: they cannot fall behind."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from inspect import cleandoc
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from orderwright.domain.errors import NotFound
from orderwright.domain.events.event import Event
from orderwright.domain.events.known import EVENTS
from orderwright.domain.value_objects.money import Money

Schema = dict[str, Any]

PATH: Final = "/api/v1/events/schemas"
_PLAIN: Final[Mapping[Any, str]] = {str: "string", int: "integer", bool: "boolean"}
_MONEY: Final[Schema] = {
    "type": "object",
    "properties": {
        "amount": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    },
    "required": ["amount", "currency"],
}
_TEXT: Final[Schema] = {"type": "string"}


class UnknownEventSchema(NotFound):
    code = "event_schema_not_found"


def event_schemas() -> dict[str, Schema]:
    return {name: _schema(kind) for name, kind in sorted(EVENTS.items())}


def event_schema(name: str) -> Schema:
    """Raises: UnknownEventSchema."""
    if name not in EVENTS:
        raise UnknownEventSchema("there are no events of this type")
    return _schema(EVENTS[name])


def data_schema(kind: Any) -> Schema:
    """Of the members of a dataclass; others may come, so others are allowed."""
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    members = {name: _of(hints[name]) for name in names}
    return {"type": "object", "properties": members, "required": names}


def _schema(kind: type[Event]) -> Schema:
    members: Schema = {
        "id": {"type": "integer", "minimum": 1, "description": "position in the feed"},
        "type": {"const": kind.name},
        "aggregate": _TEXT,
        "aggregate_id": {"type": "integer"},
        "sequence": {"type": "integer", "minimum": 1},
        "occurred_at": {"type": "string", "format": "date-time"},
        "actor": _TEXT,
        "correlation_id": {"type": ["string", "null"]},
        "data": data_schema(kind),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{PATH}/{kind.name}",
        "title": kind.name,
        **_said_of(kind),
        "type": "object",
        "properties": members,
        "required": list(members),
    }


def _said_of(kind: type[Event]) -> Schema:
    said = kind.__doc__ or ""
    # Where nobody has said anything, a dataclass says its signature.
    return {} if said.startswith(f"{kind.__name__}(") else {"description": cleandoc(said)}


def _of(hint: Any) -> Schema:
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if hint is Money:
        return _MONEY
    if is_dataclass(hint):
        return data_schema(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is tuple:
        return {"type": "array", "items": _of(parts[0])}
    if origin is dict:
        return {"type": "object"}
    if origin in (Union, types.UnionType):
        (known,) = [each for each in parts if each is not type(None)]
        return {"anyOf": [_of(known), {"type": "null"}]}
    raise TypeError(f"no schema is known for {hint}")
