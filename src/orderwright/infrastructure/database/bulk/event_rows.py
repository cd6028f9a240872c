from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from orderwright.domain.entities.aggregate import Aggregate, RecordedEvent
from orderwright.domain.events.event import Event
from orderwright.infrastructure.database.bulk.rows_of import Values
from orderwright.infrastructure.database.event_payload import event_json, event_payload

# What an aggregate is called in the table of events.
_NAMES: Final = {
    "Order": "order",
    "Customer": "customer",
    "Product": "product",
    "Location": "location",
    "StockLevel": "stock_level",
    "User": "user",
    "ApiKey": "api_key",
    "WebhookEndpoint": "webhook_endpoint",
}


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, in whose name events and movements are written."""

    actor: str
    correlation_id: str | None


def event_values(
    aggregate: str,
    aggregate_id: int,
    recorded: RecordedEvent,
    by: By,
    to_payload: Callable[[Event], Any] = event_json,
) -> Values:
    """As `RowsOf` takes them; for an insert of SQLAlchemy's, the payload is not to be JSON yet."""
    return {
        "aggregate": aggregate,
        "aggregate_id": aggregate_id,
        "sequence": recorded.sequence,
        "name": recorded.event.name,
        "payload": to_payload(recorded.event),
        "actor": by.actor,
        "correlation_id": by.correlation_id,
        "occurred_at": recorded.occurred_at,
    }


def unwritten_events(aggregate: Aggregate, by: By) -> list[Values]:
    """Those that it recorded and that nobody has written down; it forgets them."""
    name = _NAMES[type(aggregate).__name__]
    aggregate_id: int = aggregate.id  # type: ignore[attr-defined]
    return [
        event_values(name, aggregate_id, recorded, by, event_payload)
        for recorded in aggregate.take_events()
    ]
