"""How often a caller may ask, what it is told about it, and who shares a budget."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from orderwright.api.access import declared
from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import PASSWORD, Service
from tests.redis_server import RedisServer

LIST = "/api/v1/orders"


@asynccontextmanager
async def limited(
    database_url: str, directory: Path, default: str = "3/day", **settings: Any
) -> AsyncIterator[Service]:
    chosen = {"rate_limit_default": default, "rate_limit_token": "2/day", **settings}
    async with Service.running(
        database_url, directory, rate_limit_enabled=True, **chosen
    ) as service:
        yield service


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with limited(database_url, tmp_path / "data") as service:
        yield service


async def statuses(client: httpx2.AsyncClient, path: str = LIST, times: int = 5) -> list[int]:
    return [(await client.get(path)).status_code for _ in range(times)]


def lists_of_orders(service: Service) -> list[str]:
    paths = [path for method, path, _ in declared(service.app) if method == "GET"]
    return [path for path in paths if re.fullmatch(r"/api(/v[0-9]+)?/orders", path)]


async def test_all_lists_of_orders_share_one_budget(service: Service) -> None:
    paths = lists_of_orders(service)
    assert LIST in paths
    for path in paths:
        client = await service.client()
        assert await statuses(client, LIST, times=2) == [200, 200]

        assert await statuses(client, path, times=2) == [200, 429], path


async def test_who_asks_too_often_is_refused_and_told_when_to_come_back(service: Service) -> None:
    client = await service.client()
    told = [await client.get(LIST) for _ in range(3)]

    with capture_logs() as logs:
        refused = await client.get(LIST)

    assert [each.status_code for each in told] == [200, 200, 200]
    assert refused.status_code == 429
    remaining = [each.headers["RateLimit"].partition(";t=")[0] for each in [*told, refused]]
    assert remaining == [f'"default";r={left}' for left in (2, 1, 0, 0)]
    assert {each.headers["RateLimit-Policy"] for each in [*told, refused]} == {
        '"default";q=3;w=86400'
    }
    wait_s = int(refused.headers["Retry-After"])
    assert 0 < wait_s <= 86_400
    assert refused.headers["RateLimit"] == f'"default";r=0;t={wait_s}'
    assert all("Retry-After" not in each.headers for each in told)
    correlation_id = refused.headers["X-Correlation-ID"]
    assert refused.json() == {
        "error": "Too Many Requests",
        "detail": f"too many requests: try again in {wait_s} s",
        "code": "rate_limited",
        "retryable": True,
        "correlation_id": correlation_id,
    }
    lines = [each for each in logs if each["event"] == "request.rate_limited"]
    assert [(each["policy"], each["route"], each["who"]) for each in lines] == [
        ("default", LIST, "api_key:1")
    ]


async def test_a_refusal_of_another_kind_counts_and_says_so_too(service: Service) -> None:
    client = await service.client()
    forbidden = await service.client(Permission.CUSTOMERS_READ)

    answers = [
        await client.get(LIST, params={"limit": 1000}),
        await forbidden.get(LIST),
        await (await service.anonymous()).get(LIST),
        await (await service.bearer("nonsense")).get(LIST),
    ]

    assert [each.status_code for each in answers] == [422, 403, 401, 401]
    left = [re.match(r'"default";r=(\d);t=\d+$', each.headers["RateLimit"]) for each in answers]
    # The unknown ones share what their address has.
    assert [each and each[1] for each in left] == ["2", "2", "2", "1"]


async def test_everybody_known_has_a_budget_of_their_own(service: Service) -> None:
    await service.user("ada@example.com")
    form = {"username": "ada@example.com", "password": PASSWORD}
    signed_in = await (await service.anonymous()).post("/token", data=form)
    callers = [
        await service.client(),
        await service.client(),
        await service.bearer(signed_in.json()["access_token"]),
    ]

    assert [await statuses(each) for each in callers] == [[200, 200, 200, 429, 429]] * 3
    assert await statuses(await service.anonymous()) == [401, 401, 401, 429, 429]


async def test_signing_in_is_limited_by_address_whatever_comes_of_it(service: Service) -> None:
    await service.user("ada@example.com")
    client = await service.anonymous()
    wrong = {"username": "ada@example.com", "password": "wrong horse battery"}

    answers = [
        await client.post("/token", data=wrong),
        await client.post("/token/refresh", json={}),
        await client.post("/token", data=wrong | {"password": PASSWORD}),
        await client.post("/token/revoke", json={"refresh_token": "nonsense"}),
    ]

    assert [each.status_code for each in answers] == [401, 422, 429, 429]
    assert answers[2].headers["RateLimit-Policy"] == '"token";q=2;w=86400'
    assert answers[2].json()["code"] == "rate_limited"
    assert await statuses(client) == [401, 401, 401, 429, 429]  # lists are counted apart


async def test_what_is_not_limited_says_nothing_of_limits(service: Service) -> None:
    client = await service.client()

    answers = [await client.get(path) for path in ("/me", "/health/live", "/api/v1/orders/1")]

    assert [each.status_code for each in answers] == [200, 200, 404]
    assert all("RateLimit" not in each.headers for each in answers)
    assert all("RateLimit-Policy" not in each.headers for each in answers)


async def test_limits_can_be_switched_off(database_url: str, tmp_path: Path) -> None:
    async with Service.running(
        database_url, tmp_path, rate_limit_enabled=False, rate_limit_default="1/day"
    ) as service:
        client = await service.client()

        assert await statuses(client) == [200] * 5
        assert "RateLimit" not in (await client.get(LIST)).headers


async def test_two_services_with_one_redis_share_one_budget_and_lose_none_with_it(
    sqlite_url: str, tmp_path: Path, redis: RedisServer
) -> None:
    async with (
        limited(sqlite_url, tmp_path / "one", redis_url=redis.url) as one,
        limited(sqlite_url, tmp_path / "other", redis_url=redis.url) as other,
    ):
        key = await one.key(Permission.ADMIN)
        here, there = await one.bearer(key), await other.bearer(key)
        assert await statuses(here, times=2) == [200, 200]
        assert await statuses(there, times=2) == [200, 429]

        redis.kill()

        # Each goes by what it has seen itself.
        assert await statuses(here, times=3) == [200, 429, 429]
        assert await statuses(there, times=3) == [200, 429, 429]


async def test_a_network_of_ipv6_addresses_is_one_caller(service: Service) -> None:
    async def ask(address: str) -> str:
        transport = httpx2.ASGITransport(app=service.app, client=(address, 1))
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://service.test"
        ) as client:
            return (await client.get(LIST)).headers["RateLimit"].partition(";t=")[0]

    assert await ask("2001:db8::1") == '"default";r=2'
    assert await ask("2001:db8::ffff:1") == '"default";r=1'
    assert await ask("2001:db8:0:1::1") == '"default";r=2'
    assert await ask("203.0.113.9") == '"default";r=2'
    assert await ask("::ffff:203.0.113.9") == '"default";r=1'
