"""Tells a caller's address of every change, signed as Standard Webhooks have it, until it says 2xx."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
from contextlib import suppress
from typing import Final

import httpx2
import orjson

from orderwright.sandbox_gateway.ledger import DueWebhook, Ledger

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the beginning that all secrets have
# How many are under way at once, so that a slow receiver is neither flooded nor starved.
_AT_ONCE: Final = 20
_WAIT_FOR_ANSWER_S: Final = 5.0
_TRY_AGAIN_S: Final = 1.0


def sign(secret: str, id: str, timestamp: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


class Webhooks:
    """What is due is in the ledger: a gateway that was killed goes on where it ended. Lives inside
    `async with`, from the first request to the last."""

    def __init__(self, ledger: Ledger, url: str, secret: str) -> None:
        self._ledger = ledger
        self._url = url
        self._secret = secret
        self._client = httpx2.AsyncClient(timeout=_WAIT_FOR_ANSWER_S, trust_env=False)
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        async with self._client:
            while True:
                self._woken.clear()
                due = self._ledger.due_webhooks(_AT_ONCE)
                arrived = await asyncio.gather(*map(self._send, due))
                if due and all(arrived):
                    continue  # there may be more
                with suppress(TimeoutError):
                    async with asyncio.timeout(_TRY_AGAIN_S if due else None):
                        await self._woken.wait()

    async def _send(self, due: DueWebhook) -> bool:
        body = self._body(due)
        for _ in range(due.copies):
            try:
                answer = await self._client.post(
                    self._url, content=body, headers=self._headers(due, body)
                )
            except httpx2.HTTPError:
                return False
            if not answer.is_success:
                return False
        self._ledger.webhook_arrived(due.number)
        return True

    def _body(self, due: DueWebhook) -> bytes:
        (payment,) = self._ledger.payments([due.payment_id])
        data = {"payment": payment.as_json(), "reference": due.reference}
        return orjson.dumps({"type": "payment.updated", "data": data})

    def _headers(self, due: DueWebhook, body: bytes) -> dict[str, str]:
        now = int(time.time())
        return {
            "content-type": "application/json",
            "webhook-id": due.id,
            "webhook-timestamp": str(now),
            "webhook-signature": sign(self._secret, due.id, now, body),
        }
