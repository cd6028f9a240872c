"""Gateways that sign what they tell, as the tests need them."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Final

OLD_KEY: Final = b"an old key of thirty-two bytes.."
NEW_KEY: Final = b"a new key of thirty-two bytes..."
OLD_SECRET: Final = "whsec_" + base64.b64encode(OLD_KEY).decode()
NEW_SECRET: Final = "whsec_" + base64.b64encode(NEW_KEY).decode()


def told(reference: str, **more: object) -> bytes:
    """What an `http` gateway says of a payment."""
    payment = {"id": "p-1", "status": "captured", **more}
    return json.dumps(
        {"type": "payment.updated", "data": {"reference": reference, "payment": payment}}
    ).encode()


def told_by_stripe(reference: str, event_id: str = "evt_1") -> bytes:
    intent = {"object": "payment_intent", "id": "pi_1", "metadata": {"reference": reference}}
    event = {"id": event_id, "object": "event", "type": "payment_intent.succeeded"}
    return json.dumps({**event, "data": {"object": intent}}).encode()


def signed(
    body: bytes, at: datetime, *, event_id: str = "evt-1", key: bytes = OLD_KEY
) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    sent_at = str(int(at.timestamp()))
    signature = hmac.digest(key, f"{event_id}.{sent_at}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": sent_at,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def signed_by_stripe(body: bytes, at: datetime, *, secret: str = OLD_SECRET) -> dict[str, str]:
    sent_at = str(int(at.timestamp()))
    signature = hmac.digest(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256)
    return {"stripe-signature": f"t={sent_at},v1={signature.hex()}"}
