"""Sends a receiver of webhooks what it should take and what it should refuse, and grades it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from orderwright.application.services.webhook_signature import signed_headers

if TYPE_CHECKING:
    import httpx2

# Twice what receivers are to tolerate.
_TOO_OLD: Final = timedelta(minutes=10)
# As long as webhooks are waited for.
_PATIENCE_S: Final = 15.0
_NOBODYS_SECRET: Final = "whsec_" + "bm9ib2R5IGtub3dz" * 2


@dataclass(frozen=True, slots=True)
class Sent:
    case: str
    taken: bool  # whether a good receiver answers 2xx
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Grade:
    case: str
    expected: str
    got: str
    passed: bool


def deliveries(secret: str, run: str, now: datetime) -> Iterator[Sent]:
    """`run` makes ids that the receiver has not had yet."""

    def signed(n: int, at: datetime = now, *, key: str = secret) -> tuple[dict[str, str], bytes]:
        body = _body(n, now)
        return dict(signed_headers([key], f"evt_{run}_{n}", at, body)), body

    good = signed(1)
    yield Sent("good", True, *good)
    yield Sent("duplicated: the same once more", True, *good)
    headers, body = signed(2)
    yield Sent("tampered: another body", False, headers, body.replace(b'"2"', b'"9"'))
    yield Sent("tampered: another id", False, {**headers, "webhook-id": f"evt_{run}_x"}, body)
    yield Sent("signed with another secret", False, *signed(3, key=_NOBODYS_SECRET))
    unsigned = {name: value for name, value in headers.items() if name != "webhook-signature"}
    yield Sent("not signed", False, unsigned, body)
    yield Sent("expired: signed ten minutes ago", False, *signed(4, now - _TOO_OLD))
    yield Sent("from the future: signed in ten minutes", False, *signed(5, now + _TOO_OLD))
    yield Sent("rotated: one right signature of two", True, *_rotated(secret, run, now))
    yield Sent("reordered: the later one first", True, *signed(8))
    yield Sent("reordered: the earlier one after it", True, *signed(7))


async def graded(client: httpx2.AsyncClient, url: str, sent: Sent) -> Grade:
    import httpx2

    expected = "2xx" if sent.taken else "4xx"
    request = client.build_request("POST", url, headers=sent.headers, content=sent.body)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            response = await client.send(request, stream=True)
        await response.aclose()  # what it says beside its status may have no end
    except (httpx2.HTTPError, TimeoutError) as error:
        return Grade(sent.case, expected, type(error).__name__, passed=False)
    passed = response.is_success if sent.taken else response.is_client_error
    return Grade(sent.case, expected, str(response.status_code), passed)


def _rotated(secret: str, run: str, now: datetime) -> tuple[dict[str, str], bytes]:
    body = _body(6, now)
    return dict(signed_headers([_NOBODYS_SECRET, secret], f"evt_{run}_6", now, body)), body


def _body(n: int, now: datetime) -> bytes:
    data = {"message": "orderwright webhooks verify", "number": str(n)}
    return json.dumps(
        {"type": "webhook.test", "timestamp": now.isoformat(), "data": data}, separators=(",", ":")
    ).encode()
