import base64
import zlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.shop import Shop


@pytest.fixture
async def five(shop: Shop) -> Shop:
    """Orders 1 to 5 over 10.00, 20.00 ... 50.00; the even ones from the web, the last cancelled."""
    apple = await shop.product("APPLE", stock=100, price="10")
    pear = await shop.product("PEAR", stock=100, price="10")
    for number in range(1, 6):
        more = {"channel": "web", "reference": f"W-{number}"} if number % 2 == 0 else {}
        await shop.placed(pear if number == 3 else apple, number, **more)
    await shop.client.delete("/api/v1/orders/5")
    return shop


async def ids(shop: Shop, **query: Any) -> list[int]:
    response = await shop.client.get("/api/v1/orders", params=query)
    assert response.status_code == 200, response.text
    return [order["id"] for order in response.json()]


async def test_the_list_is_an_array_newest_first(five: Shop) -> None:
    response = await five.client.get("/api/v1/orders")

    assert [order["id"] for order in response.json()] == [5, 4, 3, 2, 1]
    assert "Link" not in response.headers
    assert "X-Total-Count" not in response.headers


async def test_links_lead_through_all_pages_without_gap_or_overlap(five: Shop) -> None:
    seen: list[int] = []
    path: str | None = "/api/v1/orders?limit=2&sort=-total&count=true"

    while path is not None:
        response = await five.client.get(path)
        assert response.headers["X-Total-Count"] == "5"
        seen += [order["id"] for order in response.json()]
        path = response.links.get("next", {}).get("url")
        if path is not None:
            assert urlsplit(path).path == "/api/v1/orders"
            assert set(parse_qs(urlsplit(path).query)) == {"limit", "sort", "count", "cursor"}

    assert seen == [5, 4, 3, 2, 1]


FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({"status": "cancelled"}, [5]),
    ({"payment_status": "unpaid", "limit": 2}, [5, 4]),
    ({"fulfilment_status": "fulfilled"}, []),
    ({"channel": "web"}, [4, 2]),
    ({"reference": "W-2"}, [2]),
    ({"product_id": 2}, [3]),
    ({"customer_id": 1, "skip": 3}, [2, 1]),
    ({"customer_id": 99}, []),
    ({"min_total": "20.00", "max_total": "30"}, [3, 2]),
    ({"q": "PEAR"}, [3]),
    ({"q": "W-4"}, [4]),
    ({"q": "2"}, [2]),
    ({"sort": "created_at"}, [1, 2, 3, 4, 5]),
    ({"sort": "total", "limit": 2}, [1, 2]),
    ({"created_from": "2020-01-01T00:00:00Z", "created_to": "2020-01-02T00:00:00Z"}, []),
    ({"created_from": "2020-01-01"}, [5, 4, 3, 2, 1]),
]


async def test_each_filter_narrows_the_list(five: Shop) -> None:
    for query, expected in FILTERS:
        assert await ids(five, **query) == expected, query


NO_QUESTIONS = [
    ({"cursor": "nonsense"}, "invalid_cursor"),
    ({"cursor": "x" * 501}, "validation_error"),
    ({"sort": "name"}, "validation_error"),
    ({"status": "lost"}, "validation_error"),
    ({"customer_id": "0"}, "validation_error"),
    ({"customer_id": str(2**63)}, "validation_error"),
    ({"min_total": "1e3"}, "validation_error"),
    ({"min_total": "NaN"}, "validation_error"),
    ({"created_from": "yesterday"}, "validation_error"),
    ({"created_from": "0001-01-01T00:00:00+23:59"}, "validation_error"),
    ({"q": "a\x00b"}, "invalid_text"),
    ({"q": " "}, "validation_error"),
]


async def test_a_question_that_makes_no_sense_is_refused(shop: Shop) -> None:
    for query, code in NO_QUESTIONS:
        response = await shop.client.get("/api/v1/orders", params=query)
        assert (response.status_code, response.json()["code"]) == (422, code), query


async def test_a_cursor_belongs_to_its_sort(five: Shop) -> None:
    first = await five.client.get("/api/v1/orders?limit=1&sort=total")
    cursor = parse_qs(urlsplit(first.links["next"]["url"]).query)["cursor"][0]

    response = await five.client.get("/api/v1/orders", params={"cursor": cursor, "sort": "-total"})

    assert (response.status_code, response.json()["code"]) == (422, "invalid_cursor")
    both = await five.client.get(
        "/api/v1/orders", params={"cursor": cursor, "sort": "total", "skip": 1}
    )
    assert (both.status_code, both.json()["code"]) == (422, "invalid_page")


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize(
    ("sort", "moment"),
    [("-created_at", "0001-01-01T00:00:00+23:59"), ("created_at", "9999-12-31T23:59:59-23:59")],
)
async def test_a_made_up_cursor_to_no_time_in_utc_is_refused(
    shop: Shop, version: str, sort: str, moment: str
) -> None:
    place = f'["{sort}","{moment}",1]'.encode()
    cursor = base64.urlsafe_b64encode(zlib.crc32(place).to_bytes(4) + place).decode().rstrip("=")

    response = await shop.client.get(
        f"/api/{version}/orders", params={"cursor": cursor, "sort": sort}
    )

    assert (response.status_code, response.json()["code"]) == (422, "invalid_cursor")
