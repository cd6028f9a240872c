"""Who follows the links reads each order once, whatever else happens meanwhile."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from dependency_injector import providers

from orderwright.domain.interfaces.order_reader import OrderSort
from tests.e2e.api.service import Service
from tests.shop import Shop

LISTS = ["/api/v1/orders", "/api/v2/orders", "/api/orders"]


class StandingClock:
    """Of today: orders of an earlier day would expire while they are read."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)

    def now(self) -> datetime:
        return self._now


def orders_in(response: httpx2.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    body = response.json()
    orders: list[dict[str, Any]] = body if isinstance(body, list) else body["items"]
    return orders


def next_link(response: httpx2.Response) -> str | None:
    link: str | None = response.links.get("next", {}).get("url")
    return link


async def read(client: httpx2.AsyncClient, path: str, query: dict[str, Any]) -> list[int]:
    response = await client.get(path, params=query or None)
    ids = [order["id"] for order in orders_in(response)]
    while (link := next_link(response)) is not None:
        response = await client.get(link)
        ids += [order["id"] for order in orders_in(response)]
    return ids


@pytest.mark.parametrize("path", LISTS)
async def test_orders_placed_meanwhile_hide_none_and_repeat_none(shop: Shop, path: str) -> None:
    apple = await shop.product("APPLE", stock=1000)
    first = [(await shop.placed(apple))["id"] for _ in range(9)]
    size = "page_size" if "v2" in path else "limit"
    query: dict[str, Any] = {"created_from": "2020-01-01", "sort": "created_at", size: 2}

    response = await shop.client.get(path, params=query)
    seen = [order["id"] for order in orders_in(response)]
    placed: list[int] = []
    while (link := next_link(response)) is not None:
        if len(placed) < 8:
            response, *new = await asyncio.gather(
                shop.client.get(link), shop.placed(apple), shop.placed(apple)
            )
            placed += [order["id"] for order in new]
        else:
            response = await shop.client.get(link)
        seen += [order["id"] for order in orders_in(response)]

    assert seen[:9] == first
    assert sorted(seen) == sorted([*first, *placed])


async def test_newest_first_shows_what_was_there_at_the_start(shop: Shop) -> None:
    apple = await shop.product("APPLE", stock=1000)
    first = [(await shop.placed(apple))["id"] for _ in range(5)]

    response = await shop.client.get("/api/v1/orders", params={"limit": 2})
    seen = [order["id"] for order in orders_in(response)]
    while (link := next_link(response)) is not None:
        await shop.placed(apple)
        response = await shop.client.get(link)
        seen += [order["id"] for order in orders_in(response)]

    assert seen == first[::-1]


async def test_orders_of_the_same_moment_and_total_have_their_order_by_id(service: Service) -> None:
    service.container.clock.override(providers.Object(StandingClock()))
    shop = await service.shop()
    apple = await shop.product("APPLE", stock=100)
    ids = [(await shop.placed(apple))["id"] for _ in range(5)]

    for sort in OrderSort:
        for narrowed in ({}, {"status": "pending"}, {"product_id": apple}, {"q": "APPLE"}):
            query = {"sort": sort.value, "limit": 2, **narrowed}
            expected = ids[::-1] if sort.startswith("-") else ids
            assert await read(shop.client, "/api/v1/orders", query) == expected, query


async def test_a_bound_where_the_list_begins_holds_on_every_page(service: Service) -> None:
    shop = await service.shop()
    apple = await shop.product("APPLE", stock=100, price="1")
    for quantity in range(1, 8):
        await shop.placed(apple, quantity)
    everything = await shop.get("/api/v1/orders?sort=total")
    third, fifth = everything[2], everything[4]

    for query, expected in (
        ({"sort": "total", "min_total": third["total"]}, [3, 4, 5, 6, 7]),
        ({"sort": "-total", "max_total": fifth["total"]}, [5, 4, 3, 2, 1]),
        ({"sort": "created_at", "created_from": third["created_at"]}, [3, 4, 5, 6, 7]),
        ({"sort": "-created_at", "created_to": fifth["created_at"]}, [5, 4, 3, 2, 1]),
        (
            {
                "sort": "-created_at",
                "status": "pending",
                "created_from": third["created_at"],
                "created_to": fifth["created_at"],
            },
            [5, 4, 3],
        ),
    ):
        assert await read(shop.client, "/api/v1/orders", {**query, "limit": 1}) == expected, query


async def test_a_cursor_from_before_the_bounds_does_not_widen_them(shop: Shop) -> None:
    apple = await shop.product("APPLE", stock=100, price="1")
    for quantity in range(1, 5):
        await shop.placed(apple, quantity)
    response = await shop.client.get("/api/v1/orders", params={"sort": "total", "limit": 1})
    (cursor,) = parse_qs(urlsplit(str(next_link(response))).query)["cursor"]

    query = {"sort": "total", "cursor": cursor, "min_total": "3"}
    assert await read(shop.client, "/api/v1/orders", query) == [3, 4]


async def test_a_changed_cursor_is_refused_in_every_version(shop: Shop) -> None:
    apple = await shop.product("APPLE", stock=100)
    for _ in range(3):
        await shop.placed(apple)
    size = {"limit": 1}
    for path in LISTS:
        one = {"page_size": 1} if "v2" in path else size
        link = next_link(await shop.client.get(path, params=one))
        (cursor,) = parse_qs(urlsplit(str(link)).query)["cursor"]
        for changed in (cursor[:-1], cursor[1:], cursor.swapcase(), f"{cursor}A"):
            response = await shop.client.get(path, params={**one, "cursor": changed})
            assert (response.status_code, response.json()["code"]) == (422, "invalid_cursor")


STRANGE = "R&D é/1+1=2% #ß?"


@pytest.mark.parametrize("path", LISTS)
async def test_links_keep_every_parameter_however_it_was_written(shop: Shop, path: str) -> None:
    apple = await shop.product("APPLE", stock=100)
    ids = [(await shop.placed(apple, channel=STRANGE))["id"] for _ in range(3)]
    await shop.placed(apple)
    size = "page_size" if "v2" in path else "limit"
    query = {
        "channel": STRANGE,
        "created_from": "2020-01-01T00:00:00+01:00",
        "min_total": "1.50",
        "sort": "created_at",
        size: "1",
    }

    response = await shop.client.get(path, params=query)
    link = str(next_link(response))

    assert urlsplit(link).path == path.replace("/api/orders", "/api/v1/orders")
    asked = parse_qs(urlsplit(link).query, strict_parsing=True)
    (cursor,) = asked.pop("cursor")
    assert cursor
    assert asked == {name: [value] for name, value in query.items()}
    assert await read(shop.client, path, query) == ids
    otherwise = f"{path}?channel=R%26D+%C3%A9%2f1%2b1=2%25+%23%C3%9F?&{size}=1"
    assert await read(shop.client, otherwise, {}) == ids[::-1]
