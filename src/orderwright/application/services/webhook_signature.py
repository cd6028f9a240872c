"""Signatures and secrets as Standard Webhooks has them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from orderwright.domain.interfaces.ids import Ids

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what secrets begin with


def new_secret(ids: Ids) -> str:
    return SECRET_PREFIX + base64.b64encode(ids.secret().encode()).decode()


def signed_headers(
    secrets: Sequence[str], webhook_id: str, at: datetime, body: bytes
) -> Mapping[str, str]:
    """With one signature for each secret: whoever knows any of them can check."""
    seconds = str(int(at.timestamp()))
    signatures = [signature(secret, webhook_id, seconds, body) for secret in secrets]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(signatures),
    }


def signature(secret: str, webhook_id: str, seconds: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{webhook_id}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
