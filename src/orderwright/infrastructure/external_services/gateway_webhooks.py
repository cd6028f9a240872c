"""Webhooks of payment gateways: signed as Standard Webhooks has it, or as Stripe does."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from orderwright.domain.interfaces.gateway_webhooks import (
    EVENT_ID_CHARS_MAX,
    REFERENCE_CHARS_MAX,
    BadWebhookSignature,
    GatewayEvent,
    GatewayWebhooks,
    UnreadableWebhook,
)

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what secrets begin with
# Either way: what is older may be a replay, and a clock that is further off is wrong.
TOLERANCE_S: Final = 300
_TIMESTAMP_DIGITS_MAX: Final = 12


def webhooks_by_provider(provider: str, secrets: Sequence[str]) -> Mapping[str, GatewayWebhooks]:
    """Of the gateway in use, if it has a secret; `secrets` are all that are good at present."""
    kinds: Mapping[str, Callable[[Sequence[str]], GatewayWebhooks]] = {
        "http": StandardWebhooks,
        "stripe": StripeWebhooks,
    }
    return {provider: kinds[provider](secrets)} if secrets and provider in kinds else {}


class StandardWebhooks:
    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys = [b64decode(secret.removeprefix(SECRET_PREFIX)) for secret in secrets]

    def check(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> None:
        """Raises: BadWebhookSignature."""
        event_id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        _check_time(sent_at, now)
        signed = f"{event_id}.{sent_at}.".encode() + body
        good = [f"v1,{b64encode(_digest(key, signed)).decode()}" for key in self._keys]
        _check_any(headers.get("webhook-signature", "").split(" "), good)

    def event_in(self, headers: Mapping[str, str], said: Mapping[str, Any]) -> GatewayEvent:
        """Raises: UnreadableWebhook."""
        return _event(headers.get("webhook-id"), _member(said, "data", "reference"))


class StripeWebhooks:
    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys = [secret.encode() for secret in secrets]

    def check(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> None:
        """Raises: BadWebhookSignature."""
        parts = [each.partition("=") for each in headers.get("stripe-signature", "").split(",")]
        sent_at = next((value for name, _, value in parts if name == "t"), "")
        _check_time(sent_at, now)
        good = [_digest(key, f"{sent_at}.".encode() + body).hex() for key in self._keys]
        _check_any([value for name, _, value in parts if name == "v1"], good)

    def event_in(self, headers: Mapping[str, str], said: Mapping[str, Any]) -> GatewayEvent:  # noqa: ARG002
        """Raises: UnreadableWebhook."""
        return _event(said.get("id"), _member(said, "data", "object", "metadata", "reference"))


def _check_time(sent_at: str, now: datetime) -> None:
    """Raises: BadWebhookSignature."""
    is_number = sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= _TIMESTAMP_DIGITS_MAX
    if not is_number or abs(now.timestamp() - int(sent_at)) > TOLERANCE_S:
        raise BadWebhookSignature("the webhook is not signed with a time of the last five minutes")


def _check_any(given: Sequence[str], good: Sequence[str]) -> None:
    """Raises: BadWebhookSignature."""
    if not any(hmac.compare_digest(a.encode(), b.encode()) for a in given for b in good):
        raise BadWebhookSignature("no signature of the webhook is one of the gateway's")


def _digest(key: bytes, signed: bytes) -> bytes:
    return hmac.digest(key, signed, hashlib.sha256)


def _event(event_id: object, reference: object) -> GatewayEvent:
    known = _text(event_id, EVENT_ID_CHARS_MAX)
    if known is None:
        raise UnreadableWebhook("the webhook has no id that an event could have")
    return GatewayEvent(id=known, reference=_text(reference, REFERENCE_CHARS_MAX))


def _text(value: object, chars_max: int) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= chars_max else None


def _member(of: object, *path: str) -> object:
    for name in path:
        of = of.get(name) if isinstance(of, Mapping) else None
    return of
