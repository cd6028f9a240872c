"""What is sent to an endpoint of one event. The same event makes the same bytes at every attempt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from orderwright.domain.entities.webhook_endpoint import Envelope, PayloadStyle, WebhookEndpoint
from orderwright.domain.interfaces.webhooks import ClaimedDelivery

CLOUDEVENTS_TYPE: Final = "application/cloudevents+json"
_PLAIN_TYPE: Final = "application/json"
_SOURCE: Final = "/orderwright"


@dataclass(frozen=True, slots=True)
class Message:
    content_type: str
    body: bytes


NOTHING: Final = Message(_PLAIN_TYPE, b"")


def message_of(claimed: ClaimedDelivery, endpoint: WebhookEndpoint) -> Message:
    data, occurred_at = _data(claimed, endpoint.payload), _occurred_at(claimed)
    if endpoint.envelope is Envelope.CLOUDEVENTS:
        return Message(CLOUDEVENTS_TYPE, _json(_cloud_event(claimed, data, occurred_at)))
    plain = {"type": claimed.delivery.event_type, "timestamp": occurred_at, "data": data}
    return Message(_PLAIN_TYPE, _json(plain))


def _cloud_event(
    claimed: ClaimedDelivery, data: Mapping[str, Any], occurred_at: str
) -> Mapping[str, Any]:
    event = claimed.event
    subject = {} if event is None else {"subject": f"{event.aggregate}/{event.aggregate_id}"}
    return {
        "specversion": "1.0",
        "id": claimed.delivery.webhook_id,
        "source": _SOURCE,
        "type": claimed.delivery.event_type,
        "time": occurred_at,
        **subject,
        "datacontenttype": "application/json",
        "data": data,
    }


def _data(claimed: ClaimedDelivery, style: PayloadStyle) -> Mapping[str, Any]:
    event = claimed.event
    if event is None:
        return {"endpoint_id": claimed.delivery.endpoint_id, "message": "this is a test"}
    thin = {
        "id": event.position,
        "aggregate": event.aggregate,
        "aggregate_id": event.aggregate_id,
        "sequence": event.sequence,
    }
    if style is PayloadStyle.THIN:
        return thin
    return {**thin, "correlation_id": event.correlation_id, "payload": event.payload}


def _occurred_at(claimed: ClaimedDelivery) -> str:
    event = claimed.event
    moment: datetime = claimed.delivery.created_at if event is None else event.occurred_at
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
