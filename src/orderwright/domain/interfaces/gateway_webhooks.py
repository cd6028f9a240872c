"""What a gateway tells by itself. It is a reason to ask the gateway, never the answer: whoever forges,
repeats or reorders it can make us ask and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from orderwright.domain.errors import NotFound, Rejected, Unauthenticated

EVENT_ID_CHARS_MAX: Final = 255
REFERENCE_CHARS_MAX: Final = 255


class GatewayNotFound(NotFound):
    code = "gateway_not_found"


class BadWebhookSignature(Unauthenticated):
    code = "bad_webhook_signature"


class UnreadableWebhook(Rejected):
    code = "unreadable_webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayEvent:
    """`id` is the gateway's, the same whenever it tells of the event again. `reference` names an
    operation of the payment; None in an event that is about none of ours."""

    id: str
    reference: str | None


class GatewayWebhooks(Protocol):
    def check(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> None:
        """Raises: BadWebhookSignature: it is not signed by the gateway, or not lately."""
        ...

    def event_in(self, headers: Mapping[str, str], said: Mapping[str, Any]) -> GatewayEvent:
        """Raises: UnreadableWebhook."""
        ...
