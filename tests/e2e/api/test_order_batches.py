"""Many orders in one request: each as if it had come alone."""

import asyncio
from typing import Any

import httpx2
import pytest
from sqlalchemy import delete

from orderwright.domain.interfaces.unit_of_work import DatabaseUnavailable
from orderwright.domain.value_objects.permission import Permission
from orderwright.infrastructure.database import tables_work
from orderwright.infrastructure.database.placement.postgresql import PostgresPlacement
from orderwright.infrastructure.database.placement.sqlite import SqlitePlacement
from tests.e2e.api.service import Service
from tests.shop import Shop

BATCH = "/api/v1/orders/batch"


async def send(shop: Shop, *orders: dict[str, Any], key: str | None = None) -> httpx2.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await shop.client.post(BATCH, json={"orders": orders}, headers=headers)


def told(response: httpx2.Response) -> list[tuple[int, int, str | None]]:
    assert response.status_code == 207, response.text
    return [
        (each["index"], each["status"], each.get("error", {}).get("code"))
        for each in response.json()["results"]
    ]


async def test_each_order_is_placed_or_refused_by_itself(shop: Shop) -> None:
    apple, pear = await shop.product("APPLE", stock=3), await shop.product("PEAR", stock=0)

    response = await send(
        shop,
        shop.order_for(apple, 2),
        shop.order_for(pear),
        shop.order_for(apple, 2),
        shop.order_for(999),
        shop.order_for(apple, 1) | {"customer_id": 999},
        shop.order_for(apple, 1, reference="R-1"),
        shop.order_for(apple, 1, reference="R-1"),
    )

    assert told(response) == [
        (0, 201, None),
        (1, 409, "out_of_stock"),
        (2, 409, "out_of_stock"),
        (3, 422, "unknown_product"),
        (4, 404, "customer_not_found"),
        (5, 201, None),
        (6, 409, "duplicate_reference"),
    ]
    assert await shop.stock(apple) == {"on_hand": 3, "reserved": 3, "available": 0}
    first = response.json()["results"][0]
    assert first["order"] == await shop.get(f"/api/v1/orders/{first['order']['id']}")
    assert first["replayed"] is False


async def test_an_order_of_a_batch_and_one_sent_alone_are_the_same_request(shop: Shop) -> None:
    apple = await shop.product("APPLE", stock=9)
    alone = await shop.place(shop.order_for(apple), "key-1")

    again = await send(shop, shop.order_for(apple, idempotency_key="key-1"))
    other = await send(shop, shop.order_for(apple, 2, idempotency_key="key-1"))
    twice = await send(
        shop,
        shop.order_for(apple, idempotency_key="key-2"),
        shop.order_for(apple, idempotency_key="key-2"),
        shop.order_for(apple, 3, idempotency_key="key-2"),
    )

    (replayed,) = again.json()["results"]
    assert replayed == {"index": 0, "status": 201, "replayed": True, "order": alone.json()}
    assert told(other) == [(0, 422, "idempotency_key_reused")]
    assert told(twice) == [(0, 201, None), (1, 201, None), (2, 422, "idempotency_key_reused")]
    first, second, _ = twice.json()["results"]
    assert (first["replayed"], second["replayed"]) == (False, True)
    assert first["order"] == second["order"]
    assert len(await shop.get("/api/v1/orders")) == 2


async def test_a_refusal_is_kept_for_its_key_too(shop: Shop) -> None:
    apple = await shop.product("APPLE", stock=0)
    order = shop.order_for(apple, idempotency_key="key-1")
    refused = await send(shop, order)
    adjustment = {"product_id": apple, "delta": 5, "reason": "arrived"}
    await shop.client.post("/api/v1/inventory/adjustments", json=adjustment)

    again = await send(shop, order)

    assert told(refused) == told(again) == [(0, 409, "out_of_stock")]
    assert again.json()["results"][0]["replayed"] is True


async def test_a_batch_with_a_key_is_answered_byte_for_byte_alike(shop: Shop) -> None:
    apple = await shop.product("APPLE", stock=2)
    orders = [shop.order_for(apple) for _ in range(3)]

    first = await send(shop, *orders, key="batch-1")
    again = await send(shop, *orders, key="batch-1")
    other = await send(shop, *orders[:2], key="batch-1")

    assert told(first) == [(0, 201, None), (1, 201, None), (2, 409, "out_of_stock")]
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(await shop.get("/api/v1/orders")) == 2


async def test_the_same_batch_sent_five_times_at_once_is_placed_once(shop: Shop) -> None:
    apple = await shop.product("APPLE", stock=100)
    orders = [shop.order_for(apple) for _ in range(4)]

    answers = await asyncio.gather(*(send(shop, *orders, key="batch-1") for _ in range(5)))

    assert {each.status_code for each in answers} == {207}
    ids = {tuple(r["order"]["id"] for r in each.json()["results"]) for each in answers}
    assert len(ids) == 1
    assert (await shop.stock(apple))["reserved"] == 4


async def test_a_batch_that_was_interrupted_is_completed_by_its_repetition(
    service: Service,
) -> None:
    """As after a crash in the middle: some orders are placed, the answer is not."""
    shop = await service.shop()
    apple = await shop.product("APPLE", stock=100)
    orders = [shop.order_for(apple) for _ in range(3)]
    first = await send(shop, *orders, key="batch-1")
    keys = tables_work.idempotency_keys
    async with service.container.database().write_sessions.begin() as session:
        await session.execute(delete(keys).where(keys.c.key == "batch-1"))

    again = await send(shop, *orders, key="batch-1")

    assert [each["replayed"] for each in again.json()["results"]] == [True] * 3
    assert [each["order"] for each in again.json()["results"]] == [
        each["order"] for each in first.json()["results"]
    ]
    assert (await shop.stock(apple))["reserved"] == 3


async def test_an_order_that_was_not_written_in_the_end_is_not_told_to_be_placed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is that the answer for good: it is placed when the batch is sent again."""
    apple = await shop.product("APPLE", stock=5)

    async def lost(_placement: object) -> None:
        raise DatabaseUnavailable("gone")

    with monkeypatch.context() as outage:
        for placement in (SqlitePlacement, PostgresPlacement):
            outage.setattr(placement, "commit", lost)
        first = await send(shop, shop.order_for(apple), key="batch-1")
    again = await send(shop, shop.order_for(apple), key="batch-1")

    assert told(first) == [(0, 503, "database_unavailable")]
    assert told(again) == [(0, 201, None)]
    assert len(await shop.get("/api/v1/orders")) == 1


async def test_the_second_version_shows_its_own_orders(shop: Shop) -> None:
    apple = await shop.product("APPLE", stock=1)

    response = await shop.client.post(
        "/api/v2/orders/batch", json={"orders": [shop.order_for(apple), shop.order_for(apple)]}
    )

    placed, refused = response.json()["results"]
    assert placed["order"]["customer"]["name"] == "Ada Example"
    assert placed["order"]["total"] == {"amount": "12.50", "currency": "GBP"}
    assert placed["order"] == await shop.get(f"/api/v2/orders/{placed['order']['id']}")
    assert refused["error"]["code"] == "out_of_stock"


@pytest.mark.parametrize(
    "orders",
    [[], [{"customer_id": 1, "items": []}], [{}] * 1001, [{"idempotency_key": "two words"}]],
)
async def test_a_batch_of_no_shape_is_refused_whole(shop: Shop, orders: list[Any]) -> None:
    response = await shop.client.post(BATCH, json={"orders": orders})

    assert (response.status_code, response.json()["code"]) == (422, "validation_error")


async def test_a_price_of_ones_own_needs_the_permission_in_a_batch_too(service: Service) -> None:
    shop = await service.shop()
    apple = await shop.product("APPLE", stock=5)
    seller = await service.client(Permission.ORDERS_WRITE)
    own = {"product_id": apple, "quantity": 1, "unit_price": "0.01"}

    response = await seller.post(
        BATCH,
        json={"orders": [{"customer_id": 1, "items": [own]}, shop.order_for(apple)]},
        headers={"Idempotency-Key": "batch-1"},
    )

    assert told(response) == [(0, 403, "permission_denied"), (1, 201, None)]


async def test_three_hundred_orders_go_in_at_once(shop: Shop) -> None:
    apple = await shop.product("APPLE", stock=290)

    response = await send(shop, *(shop.order_for(apple) for _ in range(300)))

    statuses = [status for _, status, _ in told(response)]
    assert statuses == [201] * 290 + [409] * 10, "first come, first served"


async def test_a_batch_is_no_order(shop: Shop) -> None:
    for path in (BATCH, "/api/v2/orders/batch", "/api/orders/batch"):
        for method in ("GET", "PATCH", "DELETE"):
            refused = await shop.client.request(method, path)
            assert (refused.status_code, refused.json()["code"]) == (405, "method_not_allowed")
            assert refused.headers["Allow"] == "POST"
    other = await shop.client.get("/api/v1/orders/batches")
    assert (other.status_code, other.json()["code"]) == (422, "validation_error")
