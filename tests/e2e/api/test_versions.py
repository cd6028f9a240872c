"""Which version answers: by path, by header, and what is said when they disagree."""

import httpx2
import pytest

from tests.e2e.api.service import Service
from tests.shop import Shop


async def ask(shop: Shop, path: str, version: str | None = None) -> httpx2.Response:
    headers = {} if version is None else {"X-API-Version": version}
    return await shop.client.get(path, headers=headers)


@pytest.mark.parametrize(
    ("version", "echo", "is_page"),
    [
        (None, "1.0", False),
        ("1.0", "1.0", False),
        ("2.0", "2.0", True),
        ("2.7", "2.7", True),
        ("2.9999", "2.9999", True),
    ],
)
async def test_without_a_version_in_the_path_the_header_chooses(
    shop: Shop, version: str | None, echo: str, *, is_page: bool
) -> None:
    order = await shop.placed(await shop.product("A", stock=1))

    listed = await ask(shop, "/api/orders", version)
    one = await ask(shop, f"/api/orders/{order['id']}", version)

    for response in (listed, one):
        assert (response.status_code, response.headers["X-API-Version"]) == (200, echo)
    assert isinstance(listed.json(), dict) is is_page
    assert ("customer" in one.json()) is is_page
    path = f"/api/v{echo[0]}/orders"
    assert listed.content == (await ask(shop, path)).content
    assert one.content == (await ask(shop, f"{path}/{order['id']}")).content


async def test_a_header_that_names_no_version_is_refused(shop: Shop) -> None:
    for path in ("/api/orders", "/api/orders/1", "/api/v1/orders", "/api/v2/orders"):
        for unknown in ("", "1", "1.1", "3.0", "2.x", "v2", "2.0, 1.0", "²·0"):
            response = await shop.client.get(path, headers={b"X-API-Version": unknown.encode()})

            assert response.status_code == 400, (path, unknown)
            assert response.json()["code"] == "api_version_unknown"
            assert response.headers["X-API-Version"] in ("1.0", "2.0")


@pytest.mark.parametrize(
    ("path", "version", "own"),
    [
        ("/api/v1/orders", "2.0", "1.0"),
        ("/api/v2/orders/1", "1.0", "2.0"),
        ("/api/v1", "2.1", "1.0"),
    ],
)
async def test_a_header_that_contradicts_the_path_is_refused(
    shop: Shop, path: str, version: str, own: str
) -> None:
    response = await ask(shop, path, version)

    assert (response.status_code, response.json()["code"]) == (400, "api_version_conflict")
    assert response.headers["X-API-Version"] == own


async def test_a_refused_version_places_nothing(shop: Shop) -> None:
    product = await shop.product("A", stock=1)
    headers = {"X-API-Version": "3.0", "Idempotency-Key": "k"}

    refused = await shop.client.post("/api/orders", json=shop.order_for(product), headers=headers)

    assert refused.status_code == 400
    assert await shop.stock(product) == {"on_hand": 1, "reserved": 0, "available": 1}
    placed = await shop.client.post(
        "/api/orders", json=shop.order_for(product), headers={**headers, "X-API-Version": "1.0"}
    )
    assert placed.status_code == 201, "the key is as fresh as before"


async def test_only_orders_are_served_without_a_version(shop: Shop) -> None:
    for path in ("/api/customers", "/api/ordersss", "/api/v2/customers", "/api/v3/orders"):
        response = await ask(shop, path)
        assert (response.status_code, response.json()["code"]) == (404, "route_not_found"), path
        assert response.headers["X-API-Version"] in ("1.0", "2.0")


async def test_an_unversioned_order_can_be_lived_through(shop: Shop) -> None:
    product = await shop.product("A", stock=5)
    version = {"X-API-Version": "2.0"}

    placed = await shop.client.post("/api/orders", json=shop.order_for(product), headers=version)
    assert placed.headers["Location"] == f"/api/v2/orders/{placed.json()['id']}"
    path = f"/api/orders/{placed.json()['id']}"
    noted = await shop.client.patch(path, json={"notes": "ring twice"}, headers=version)
    assert noted.json()["notes"] == "ring twice"
    cancelled = await shop.client.post(f"{path}/cancel", json={}, headers=version)
    assert cancelled.json()["status"] == "cancelled"
    timeline = await shop.client.get(f"{path}/timeline", headers=version)
    assert [each["event"] for each in timeline.json()][-1] == "order.cancelled"


async def test_the_versions_are_listed(service: Service, shop: Shop) -> None:
    told = (await ask(shop, "/api")).json()

    assert [(each["version"], each["path"], each["state"]) for each in told["versions"]] == [
        ("1.0", "/api/v1", "stable"),
        ("2.0", "/api/v2", "stable"),
    ]
    anonymous = await service.anonymous()
    for each in told["versions"]:
        document = (await anonymous.get(each["document"])).json()
        assert document["info"]["version"] == each["version"]
