"""Events as JSON: the shape that the timeline, webhooks and feeds share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, Final

import orjson

from orderwright.domain.events.event import Event
from orderwright.domain.value_objects.money import Money

_PLAIN: Final = frozenset({str, int, bool, type(None)})


def event_payload(event: Event) -> dict[str, Any]:
    return _members(event)


def event_json(event: Event) -> bytes:
    """The same, as it is stored; for events whose members are all ours, for of what others made orjson
    knows less than JSON can say."""
    kind: Any = type(event)
    if not _names(kind):
        return b"{}"
    return orjson.dumps(event, _by_names, orjson.OPT_PASSTHROUGH_DATACLASS)


def _by_names(value: Any) -> Any:
    if type(value) is Money:
        return {"amount": str(value), "currency": value.currency.code}
    kind: Any = type(value)
    return dict(zip(_names(kind), _read(kind)(value), strict=True))


def _plain(value: object) -> Any:
    if type(value) in _PLAIN:  # most are
        return value
    if isinstance(value, Money):
        return {"amount": str(value), "currency": value.currency.code}
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _members(value)
    return _plain_scalar(value)


def _plain_scalar(value: object) -> Any:
    if isinstance(value, StrEnum):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value


def _members(value: object) -> dict[str, Any]:
    kind: Any = type(value)
    return {name: _plain(getattr(value, name)) for name in _names(kind)}


@cache
def _read(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    names = _names(kind)
    return attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
