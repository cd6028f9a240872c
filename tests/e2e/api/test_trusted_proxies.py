"""Whose word about the caller's address is taken. Limits show whom the service saw."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from orderwright.api.middleware.trusted_proxies import TrustedProxies
from tests.e2e.api.service import Service
from tests.server_process import PreloadedServer

PROXY = "10.0.0.7"


async def seen(
    peer: str | None, *forwarded: str, proto: tuple[str, ...] = ()
) -> tuple[object, str]:
    """Client and scheme, as everything inside sees them."""
    found: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        found.append(scope)

    scope: Scope = {
        "type": "http",
        "scheme": "http",
        "client": (peer, 4711) if peer else None,
        "headers": [(b"x-forwarded-for", each.encode("latin-1")) for each in forwarded]
        + [(b"x-forwarded-proto", each.encode()) for each in proto],
    }
    await TrustedProxies(app, networks=["10.0.0.0/8", "2001:db8::/32"])(scope, _none, _nowhere)
    return found[0]["client"] and found[0]["client"][0], found[0]["scheme"]


async def _none() -> dict[str, object]:
    return {}


async def _nowhere(_message: object) -> None: ...


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (["203.0.113.9"], "203.0.113.9"),
        (["6.6.6.6, 203.0.113.9"], "203.0.113.9"),  # the first one was the caller's invention
        (["6.6.6.6", "203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, 10.0.0.8, 10.0.0.9"], "203.0.113.9"),
        (["203.0.113.9", "10.0.0.8,10.0.0.9"], "203.0.113.9"),
        (["10.0.0.8, 10.0.0.9"], "10.0.0.8"),
        (["203.0.113.9:8080"], "203.0.113.9"),
        (["[2001:db9::1]:8080"], "2001:db9::1"),
        (["2001:db9::1, 2001:db8::5"], "2001:db9::1"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, ::ffff:10.0.0.8"], "203.0.113.9"),
        ([], PROXY),
        ([""], PROXY),
        (["unknown"], PROXY),
        (["203.0.113.9, nonsense"], PROXY),
        (["203.0.113.9, nonsense, 10.0.0.8"], "10.0.0.8"),
        ([",,,"], PROXY),
        (["[::1"], "::1"),
        (["1.2.3.4.5, 999.1.1.1"], PROXY),
        (["\xff\xfe, \x00"], PROXY),
        (["9" * 5000], PROXY),
    ],
)
async def test_the_nearest_address_that_is_no_proxy_of_ours_is_the_caller(
    forwarded: list[str], client: str
) -> None:
    assert (await seen(PROXY, *forwarded))[0] == client


@pytest.mark.parametrize("peer", ["203.0.113.1", "11.0.0.1", "::1", "unix", None])
async def test_the_word_of_anybody_else_is_nothing(peer: str | None) -> None:
    assert await seen(peer, "6.6.6.6", proto=("https",)) == (peer, "http")


async def test_a_proxy_that_comes_by_ipv6_is_known_by_its_ipv4_address_too() -> None:
    assert (await seen(f"::ffff:{PROXY}", "203.0.113.9"))[0] == "203.0.113.9"


@pytest.mark.parametrize(
    ("proto", "scheme"),
    [
        (("https",), "https"),
        (("HTTPS",), "https"),
        (("http, https",), "https"),
        (("https", "http"), "http"),
        (("gopher",), "http"),
        (("",), "http"),
        ((), "http"),
    ],
)
async def test_the_nearest_proxy_says_how_it_was_called(
    proto: tuple[str, ...], scheme: str
) -> None:
    assert (await seen(PROXY, proto=proto))[1] == scheme


@asynccontextmanager
async def through(peer: str, service: Service) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=service.app, client=(peer, 4711))
    async with httpx2.AsyncClient(transport=transport, base_url="http://service.test") as client:
        yield client


async def who_was_refused(client: httpx2.AsyncClient, forwarded: list[str]) -> list[str]:
    with capture_logs() as logs:
        for each in forwarded:
            await client.get("/api/v1/orders", headers={"X-Forwarded-For": each})
    return [each["who"] for each in logs if each["event"] == "request.rate_limited"]


async def test_behind_a_trusted_proxy_each_caller_has_a_budget(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with (
        Service.running(
            sqlite_url,
            tmp_path,
            rate_limit_enabled=True,
            rate_limit_default="1/day",
            trusted_proxies=(PROXY,),
        ) as service,
        through(PROXY, service) as client,
    ):
        refused = await who_was_refused(client, ["1.1.1.1", "2.2.2.2", "6.6.6.6, 1.1.1.1"])

    assert refused == ["address:1.1.1.1"]


@pytest.mark.parametrize(
    ("trusted", "statuses"), [("", [401, 429, 429]), ("127.0.0.1", [401, 401, 401])]
)
async def test_a_server_believes_a_neighbour_on_its_own_machine_only_when_told_to(
    tmp_path: Path, sqlite_url: str, trusted: str, statuses: list[int]
) -> None:
    limits = {"RATE_LIMIT_ENABLED": "true", "RATE_LIMIT_DEFAULT": "1/day"}
    async with (
        PreloadedServer(sqlite_url, tmp_path, TRUSTED_PROXIES=trusted, **limits) as server,
        httpx2.AsyncClient(base_url=server.url) as client,
    ):
        answers = [
            await client.get("/api/v1/orders", headers={"X-Forwarded-For": each})
            for each in ("1.1.1.1", "2.2.2.2", "3.3.3.3")
        ]

    assert [each.status_code for each in answers] == statuses


async def test_without_trusted_proxies_an_invented_address_buys_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with (
        Service.running(
            sqlite_url, tmp_path, rate_limit_enabled=True, rate_limit_default="1/day"
        ) as service,
        through("127.0.0.1", service) as client,
    ):
        refused = await who_was_refused(client, ["1.1.1.1", "2.2.2.2", "3.3.3.3"])

    assert refused == ["address:127.0.0.1", "address:127.0.0.1"]
