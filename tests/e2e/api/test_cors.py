"""Which pages may call from a browser, and what they may send and read."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.e2e.api.service import Service

SHOP = "https://shop.example"
ELSEWHERE = "https://shop.example.evil.test"
LIST = "/api/v1/orders"


@pytest.fixture
async def service(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with Service.running(
        sqlite_url,
        tmp_path / "data",
        cors_origins=(SHOP, "http://localhost:5173"),
        rate_limit_enabled=True,
    ) as service:
        yield service


@pytest.fixture
async def anonymous(service: Service) -> httpx2.AsyncClient:
    return await service.anonymous()


def preflight(origin: str, method: str, headers: str = "") -> dict[str, str]:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    return asked | ({"Access-Control-Request-Headers": headers} if headers else {})


def members(value: str) -> set[str]:
    return {each.strip().lower() for each in value.split(",")}


async def test_a_named_origin_may_send_what_the_api_reads(anonymous: httpx2.AsyncClient) -> None:
    wanted = "authorization, content-type, idempotency-key, if-match, if-none-match, x-api-version"

    answer = await anonymous.options(
        LIST, headers=preflight(SHOP, "PATCH", f"{wanted}, x-correlation-id")
    )

    assert answer.status_code == 204
    assert answer.content == b""
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert members(answer.headers["Access-Control-Allow-Headers"]) >= members(wanted)
    assert members(answer.headers["Access-Control-Allow-Methods"]) == {
        "get",
        "post",
        "patch",
        "put",
        "delete",
    }
    assert answer.headers["Access-Control-Max-Age"] == "600"
    assert "origin" in members(answer.headers["Vary"])
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_a_preflight_says_what_every_answer_says(anonymous: httpx2.AsyncClient) -> None:
    headers = preflight(SHOP, "GET") | {"X-Correlation-ID": "till.7"}

    answer = await anonymous.options(LIST, headers=headers)

    assert answer.headers["X-API-Version"] == "1.0"
    assert answer.headers["X-Correlation-ID"] == "till.7"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "asked",
    [
        preflight(ELSEWHERE, "GET"),
        preflight("null", "GET"),
        preflight("http://shop.example", "GET"),
        preflight("https://shop.example:8443", "GET"),
        preflight(SHOP, "TRACE"),
        preflight(SHOP, "GET", "x-anything"),
    ],
)
async def test_what_was_not_named_is_refused_as_any_other_error(
    anonymous: httpx2.AsyncClient, asked: dict[str, str]
) -> None:
    answer = await anonymous.options(LIST, headers=asked)

    assert answer.status_code == 400
    assert answer.json()["code"] == "cors_refused"
    assert answer.headers["Content-Type"] == "application/json"
    if asked["Origin"] != SHOP:
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_named_page_may_read_answers_and_what_their_headers_say(service: Service) -> None:
    client = await service.client()

    answer = await client.get(LIST, params={"count": "true"}, headers={"Origin": SHOP})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert members(answer.headers["Access-Control-Expose-Headers"]) == members(
        "ETag, Link, Location, X-Total-Count, X-API-Version, X-Correlation-ID, "
        "Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After, Deprecation, Sunset"
    )
    assert "origin" in members(answer.headers["Vary"])


@pytest.mark.parametrize(("origin", "allowed"), [(ELSEWHERE, None), (None, None)])
async def test_others_get_the_answer_but_no_leave_to_read_it(
    service: Service, origin: str | None, allowed: str | None
) -> None:
    client = await service.client()

    answer = await client.get(LIST, headers={"Origin": origin} if origin else {})

    assert answer.status_code == 200
    assert answer.headers.get("Access-Control-Allow-Origin") == allowed
    # A cache must not hand this to the page that may read it.
    assert "origin" in members(answer.headers["Vary"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", LIST, 401),
        ("GET", "/nowhere", 404),
        ("PUT", "/me", 405),
        ("POST", "/token", 422),
        ("GET", "/broken", 500),
    ],
)
async def test_errors_can_be_read_too(
    service: Service, method: str, path: str, status: int
) -> None:
    async def broken() -> None:
        raise RuntimeError("secret")

    service.app.add_api_route("/broken", broken)

    answer = await (await service.anonymous()).request(method, path, headers={"Origin": SHOP})

    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "code" in answer.json()


async def test_a_service_that_drains_tells_pages_so(service: Service) -> None:
    service.container.readiness().drain()

    answer = await (await service.anonymous()).get("/me", headers={"Origin": SHOP})

    assert answer.status_code == 503
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP


async def test_without_origins_named_nobody_is_told_anything(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with Service.running(sqlite_url, tmp_path) as service:
        client = await service.client()

        asked = await client.options(LIST, headers=preflight(SHOP, "GET"))
        answer = await client.get(LIST, headers={"Origin": SHOP})

    assert asked.status_code == 405
    assert answer.status_code == 200
    found = [name for each in (asked, answer) for name in each.headers if "access-control" in name]
    assert found == []
