"""A version on its way out: what it says with each answer, and who still calls it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import Service
from tests.shop import Shop

DEPRECATED = {"api_v1_deprecated_at": "2026-11-01T00:00:00Z"}
DEADLINE_S = 20.0


@pytest.fixture
async def retiring(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    dates = {**DEPRECATED, "api_v1_sunset_at": "2027-05-01T12:00:00Z"}
    async with Service.running(database_url, tmp_path / "data", **dates) as service:
        yield service


async def counted(admin: httpx2.AsyncClient, calls: int) -> list[dict[str, Any]]:
    """The report, once it tells of that many calls."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            report: list[dict[str, Any]] = (await admin.get("/api/v1/deprecations")).json()
            if sum(each["calls"] for each in report) >= calls:
                return report
            await asyncio.sleep(0.05)


async def test_each_answer_of_a_deprecated_route_says_so(retiring: Service) -> None:
    client = await retiring.client()

    for path in ("/api/v1/orders", "/api/orders", "/api/v1/orders/7"):
        response = await client.get(path)
        assert response.headers["Deprecation"] == "@1793491200"
        assert response.headers["Sunset"] == "Sat, 01 May 2027 12:00:00 GMT"
        successor = path.replace("/api/orders", "/api/v1/orders").replace("v1", "v2")
        assert f'<{successor}>; rel="successor-version"' in response.headers["Link"]


async def test_what_has_no_successor_and_what_succeeds_are_not_deprecated(
    retiring: Service,
) -> None:
    client = await retiring.client()

    for path in ("/api/v2/orders", "/api/v1/customers", "/api/v1/products", "/me", "/api"):
        response = await client.get(path)
        assert response.status_code == 200, path
        assert not {"deprecation", "sunset"} & {name.lower() for name in response.headers}


async def test_a_page_keeps_its_link_beside_the_successor(retiring: Service) -> None:
    shop = await retiring.shop()
    product = await shop.product("A", stock=2)
    for _ in range(2):
        await shop.placed(product)

    links = (await shop.client.get("/api/v1/orders?limit=1")).links

    assert set(links) == {"next", "successor-version"}


async def test_the_list_of_versions_tells_of_the_end(retiring: Service) -> None:
    first, second = (await (await retiring.client()).get("/api")).json()["versions"]

    assert (first["state"], first["deprecated_at"], first["sunset_at"]) == (
        "deprecated",
        "2026-11-01T00:00:00Z",
        "2027-05-01T12:00:00Z",
    )
    assert (second["state"], second["deprecated_at"], second["sunset_at"]) == ("stable", None, None)


async def test_calls_are_counted_by_caller_and_route_over_all_processes(
    retiring: Service,
) -> None:
    admin = await retiring.client()
    reader = await retiring.client(Permission.ORDERS_READ)
    for _ in range(3):
        await reader.get("/api/v1/orders?limit=1")
    await reader.get("/api/orders/5")
    await reader.get("/api/v2/orders")
    await admin.delete("/api/v1/orders/5")

    report = await counted(admin, 5)

    told = {(each["route"], each["calls"]) for each in report}
    assert told == {
        ("GET /api/v1/orders", 3),
        ("GET /api/v1/orders/{order_id}", 1),
        ("DELETE /api/v1/orders/{order_id}", 1),
    }
    assert all(each["first_at"] <= each["last_at"] for each in report)


async def test_who_is_turned_away_is_not_counted_but_told(retiring: Service) -> None:
    anonymous = await retiring.anonymous()
    admin = await retiring.client()

    refused = await anonymous.get("/api/v1/orders")
    await admin.get("/api/v1/orders")

    assert refused.status_code == 401
    assert refused.headers["Deprecation"] == "@1793491200"
    assert [each["calls"] for each in await counted(admin, 1)] == [1]


async def test_nothing_is_deprecated_without_a_date(shop: Shop) -> None:
    response = await shop.client.get("/api/v1/orders")

    assert not {"deprecation", "sunset", "link"} & {name.lower() for name in response.headers}
    assert await shop.get("/api/v1/deprecations") == []


async def test_without_a_sunset_none_is_told(sqlite_url: str, tmp_path: Path) -> None:
    async with Service.running(sqlite_url, tmp_path / "data", **DEPRECATED) as service:
        response = await (await service.client()).get("/api/v1/orders")

    assert "Deprecation" in response.headers
    assert "Sunset" not in response.headers
