"""What a receiver of webhooks has to check, as Standard Webhooks has it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from orderwright.application.services.webhook_signature import signature

# Either way: what is older may be a replay by somebody else, and a clock that is further off is wrong.
TOLERANCE_S: Final = 300
_DIGITS_MAX: Final = 12


def fault_of(secret: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> str | None:
    """What is wrong with a request, in a few words; `headers` have names in lower case."""
    webhook_id, seconds = headers.get("webhook-id"), headers.get("webhook-timestamp", "")
    if not webhook_id:
        return "no webhook-id"
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= _DIGITS_MAX):
        return "no webhook-timestamp"
    if abs(now.timestamp() - int(seconds)) > TOLERANCE_S:
        return "the timestamp is too old or too new"
    good = signature(secret, webhook_id, seconds, body).encode()
    given = headers.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(each.encode(), good) for each in given):
        return "no signature is right"
    return None
