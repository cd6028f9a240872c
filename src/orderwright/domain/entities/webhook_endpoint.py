from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from orderwright.domain.entities.aggregate import UNSAVED, Aggregate
from orderwright.domain.errors import Conflict, NotFound
from orderwright.domain.events.webhook import (
    WebhookEndpointChanged,
    WebhookEndpointCreated,
    WebhookEndpointDeleted,
    WebhookEndpointDisabled,
    WebhookEndpointEnabled,
    WebhookSecretRotated,
)
from orderwright.domain.value_objects.event_filter import EventFilter

URL_CHARS_MAX = 2_000
DESCRIPTION_CHARS_MAX = 200


class WebhookNotFound(NotFound):
    code = "webhook_not_found"


class WebhookDisabled(Conflict):
    code = "webhook_disabled"


class EndpointStatus(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"


class DisabledBecause(StrEnum):
    BY_HAND = "by_hand"
    GONE = "gone"  # it answered 410
    FAILING = "failing"  # for days on end


class PayloadStyle(StrEnum):
    FULL = "full"
    THIN = "thin"  # which event of what, and no more: the receiver reads the rest


class Envelope(StrEnum):
    PLAIN = "plain"
    CLOUDEVENTS = "cloudevents"


@dataclass(kw_only=True, eq=False)
class WebhookEndpoint(Aggregate):
    """Where somebody wants to hear of events. Its secrets are sealed; while they are rotated the
    former one signs too, until `former_secret_until`.

    `failing_since` is kept by those who send: the first failure since anything last arrived.
    """

    url: str
    description: str
    events: EventFilter
    payload: PayloadStyle
    envelope: Envelope
    secret: str
    created_at: datetime
    updated_at: datetime
    status: EndpointStatus = EndpointStatus.ACTIVE
    disabled_reason: DisabledBecause | None = None
    disabled_at: datetime | None = None
    former_secret: str | None = None
    former_secret_until: datetime | None = None
    failing_since: datetime | None = None
    id: int = UNSAVED

    @classmethod
    def create(
        cls,
        *,
        url: str,
        description: str,
        events: EventFilter,
        payload: PayloadStyle,
        envelope: Envelope,
        secret: str,
        now: datetime,
    ) -> WebhookEndpoint:
        endpoint = cls(
            url=url,
            description=description,
            events=events,
            payload=payload,
            envelope=envelope,
            secret=secret,
            created_at=now,
            updated_at=now,
        )
        endpoint.record(WebhookEndpointCreated(url=url, events=events.patterns), now)
        return endpoint

    @property
    def active(self) -> bool:
        return self.status is EndpointStatus.ACTIVE

    def change(self, changes: Mapping[str, object], now: datetime) -> None:
        for name, value in changes.items():
            setattr(self, name, value)
        self.updated_at = now
        self.record(WebhookEndpointChanged(changed=tuple(sorted(changes))), now)

    def rotate(self, secret: str, *, former_until: datetime, now: datetime) -> None:
        """The new secret signs at once, the one before it until then; an older one no more."""
        self.former_secret, self.former_secret_until = self.secret, former_until
        self.secret = secret
        self.updated_at = now
        self.record(WebhookSecretRotated(), now)

    def disable(self, reason: DisabledBecause, now: datetime) -> None:
        if not self.active:
            return
        self.status, self.disabled_reason = EndpointStatus.DISABLED, reason
        self.disabled_at = self.updated_at = now
        self.record(WebhookEndpointDisabled(reason=reason), now)

    def enable(self, now: datetime) -> None:
        if self.active:
            return
        self.status, self.disabled_reason, self.disabled_at = EndpointStatus.ACTIVE, None, None
        self.failing_since = None
        self.updated_at = now
        self.record(WebhookEndpointEnabled(), now)

    def delete(self, now: datetime) -> None:
        """Its row stays for its events and deliveries; its secrets go."""
        self.status = EndpointStatus.DELETED
        self.secret, self.former_secret, self.former_secret_until = "", None, None
        self.updated_at = now
        self.record(WebhookEndpointDeleted(), now)

    def note_arrival(self) -> None:
        self.failing_since = None

    def note_failure(self, now: datetime, *, bear_for: timedelta) -> None:
        """After so long with failures and nothing else it is disabled."""
        self.failing_since = self.failing_since or now
        if now - self.failing_since >= bear_for:
            self.disable(DisabledBecause.FAILING, now)

    def live_secrets(self, now: datetime) -> list[str]:
        """Sealed; the newest first."""
        former, until = self.former_secret, self.former_secret_until
        if former is None or until is None or until <= now:
            return [self.secret]
        return [self.secret, former]
