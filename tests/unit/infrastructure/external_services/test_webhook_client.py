"""What comes back from a receiver counts by its status; nothing that it says has a hold on us."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

import pytest

from orderwright.domain.interfaces.webhooks import Reply
from orderwright.infrastructure.external_services import webhook_client
from orderwright.infrastructure.external_services.webhook_client import HttpWebhookClient
from orderwright.infrastructure.resilience.breakers import Breakers
from orderwright.infrastructure.resilience.circuit_breaker import BreakerSettings
from orderwright.infrastructure.security.pinned_network import (
    PinnedNetwork,
    ThreadedResolver,
    pinned_transport,
)
from orderwright.infrastructure.security.url_guard import OutboundUrls
from tests.webhook_sink import HANGS, OK, Sink, answer, sink

URLS: Final = OutboundUrls(frozenset({443}), local_too=True)


@asynccontextmanager
async def sending(*, at_once: int = 5) -> AsyncIterator[tuple[HttpWebhookClient, Sink]]:
    resolver = ThreadedResolver()
    client = HttpWebhookClient(
        pinned_transport(PinnedNetwork(URLS, resolver), connections_max=5),
        URLS,
        Breakers(BreakerSettings(failure_threshold=3)),
        lambda: datetime.now(UTC),
        timeout_s=60,
        at_once=at_once,
    )
    async with sink() as receiver:
        yield client, receiver
    await client.close()
    resolver.close()


async def test_a_cookie_of_one_receiver_is_not_carried_to_another() -> None:
    async with sending() as (client, receiver):
        receiver.says[:] = [answer("200 OK", "set-cookie: whose=mine; Path=/")]
        for path in ("/mine", "/theirs"):
            await client.post(receiver.url + path, {}, b"")

    assert ["cookie" in each.headers for each in receiver.received] == [False, False]


async def test_a_body_without_end_takes_nothing_from_the_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook_client, "_EXCERPT_S", 0.05)
    async with sending() as (client, receiver):
        receiver.says[:] = [b"HTTP/1.1 202 Accepted\r\ncontent-length: 999\r\n\r\nso far"]
        receiver.holds_on = True
        reply = await client.post(receiver.url, {}, b"")

    assert (reply.status, reply.body, reply.error) == (202, "so far", None)


async def test_of_a_header_a_beginning_is_kept_of_its_name_too() -> None:
    async with sending() as (client, receiver):
        receiver.says[:] = [answer("200 OK", f"{'n' * 9_000}: {'v' * 9_000}")]
        reply = await client.post(receiver.url, {}, b"")

    assert reply.headers["n" * 200] == "v" * 200


async def test_a_time_to_come_back_that_no_calendar_has_takes_nothing_from_the_status() -> None:
    async with sending() as (client, receiver):
        receiver.says[:] = [answer("200 OK", "retry-after: Mon, 01 Jan 99999999999 00:00:00 GMT")]
        reply = await client.post(receiver.url, {}, b"")

    assert (reply.status, reply.retry_after_s) == (200, 0.0)


async def test_a_host_that_keeps_failing_is_left_alone_whichever_endpoint_it_is() -> None:
    async with sending() as (client, receiver):
        receiver.says[:] = [answer("500 Oops")]
        for path in "abc":
            await client.post(f"{receiver.url}/{path}", {}, b"")
        refused = await client.post(f"{receiver.url}/d", {}, b"")

    assert (refused.sent, refused.error, refused.retry_after_s) == (False, "circuit_open", 30)
    assert len(receiver.received) == 3


async def test_who_finds_no_place_has_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_client, "_WAIT_S", 0.01)
    async with sending(at_once=1) as (client, receiver):
        receiver.says[:] = [HANGS, OK]
        first = asyncio.create_task(client.post(receiver.url, {}, b""))
        await receiver.until(lambda: len(receiver.received) == 1)
        refused = await client.post(receiver.url, {}, b"")
        first.cancel()

    assert refused == Reply(error="busy", sent=False)
    assert len(receiver.received) == 1


@pytest.mark.parametrize("port", [0, 65_536, 99_999])
async def test_a_port_that_is_none_is_refused_though_everything_local_is_allowed(port: int) -> None:
    async with sending() as (client, _):
        refused = await client.post(f"http://127.0.0.1:{port}/", {}, b"")

    assert (refused.status, refused.error) == (None, "url_refused")
