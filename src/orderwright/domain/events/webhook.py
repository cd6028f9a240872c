"""What happens to webhook endpoints. None of these says a secret, and none is sent to an endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from orderwright.domain.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointCreated(Event):
    name: ClassVar[str] = "webhook_endpoint.created"
    url: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointChanged(Event):
    name: ClassVar[str] = "webhook_endpoint.changed"
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecretRotated(Event):
    name: ClassVar[str] = "webhook_endpoint.secret_rotated"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointDisabled(Event):
    name: ClassVar[str] = "webhook_endpoint.disabled"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointEnabled(Event):
    name: ClassVar[str] = "webhook_endpoint.enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointDeleted(Event):
    name: ClassVar[str] = "webhook_endpoint.deleted"
