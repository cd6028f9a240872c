"""docs/reference/events.md, from the classes of the events."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

from orderwright.application.services.event_schemas import event_schemas
from orderwright.domain.events.known import read_by

_INTRODUCTION: Final = """\
# Events

Made by `orderwright reference events` from `src/orderwright/domain/events`; do not edit.

Every change of an order, a customer, a product, stock or an access right is an event, written in the
transaction of the change. `GET /api/v1/events` lists them, `GET /api/v1/events/stream` sends them as
they come; [following events](../how-to/follow-events.md) says how. JSON Schemas, one for each type,
are at `GET /api/v1/events/schemas` and `GET /api/v1/events/schemas/<type>`.

| Member | What it is |
|---|---|
| `id` | its position in the feed: a number that grows, without a gap, given when the event became visible |
| `type` | what happened, as below |
| `aggregate`, `aggregate_id` | the thing that it happened to, such as `order` 17 |
| `sequence` | the how manieth event of that thing it is, from 1 and without a gap |
| `occurred_at` | when, RFC 3339 in UTC |
| `actor` | who: `user:3`, `api_key:7`, `system` |
| `correlation_id` | of the request that caused it, or null |
| `data` | depends on the type |

Types and members are added, never renamed or removed: ignore what you do not know."""


def event_reference() -> str:
    schemas = event_schemas()
    families = groupby(schemas, key=lambda name: name.partition(".")[0])
    return "\n".join([_INTRODUCTION, *(_family(name, list(types)) for name, types in families)])


def _family(name: str, types: list[str]) -> str:
    heading = f"\n## {name}.*\n\nFor who may `{read_by(types[0])}`.\n"
    schemas = event_schemas()
    rows = [
        f"| `{each}` | {_members(schemas[each]['properties']['data'])} | {_said(schemas[each])} |"
        for each in types
    ]
    return "\n".join([heading, "| Type | `data` | |", "|---|---|---|", *rows])


def _said(schema: dict[str, Any]) -> str:
    return " ".join(schema.get("description", "").split())


def _members(schema: dict[str, Any]) -> str:
    return ", ".join(f"`{name}` {_kind(of)}" for name, of in schema["properties"].items())


def _kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(map(_kind, schema["anyOf"]))
    if schema["type"] == "array":
        return f"list of {_kind(schema['items'])}"
    if schema["type"] == "object" and "properties" in schema:
        return f"{{{', '.join(schema['properties'])}}}"
    return str(schema["type"])
