import asyncio
from typing import Any

import pytest

from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import Service
from tests.shop import Shop


def key(value: str, **more: str) -> dict[str, str]:
    return {"Idempotency-Key": value, **more}


async def test_a_repeated_request_gets_the_first_answer_byte_for_byte(shop: Shop) -> None:
    body = shop.order_for(await shop.product("A", stock=5))

    first = await shop.client.post(
        "/api/v1/orders", json=body, headers=key("k", **{"X-Correlation-ID": "first"})
    )
    second = await shop.client.post(
        "/api/v1/orders", json=body, headers=key("k", **{"X-Correlation-ID": "second"})
    )

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    for name in ("Location", "ETag", "Content-Type"):
        assert second.headers[name] == first.headers[name]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["X-Correlation-ID"] == "second"
    assert len(await shop.get("/api/v1/orders")) == 1


async def test_the_order_of_members_and_white_space_make_no_other_request(shop: Shop) -> None:
    product = await shop.product("A", stock=5)
    one = f'{{"customer_id":1,"items":[{{"product_id":{product},"quantity":1}}]}}'
    same = f'{{ "items": [{{"quantity": 1, "product_id": {product}}}], "customer_id": 1 }}'
    headers = key("k", **{"Content-Type": "application/json"})

    first = await shop.client.post("/api/v1/orders", content=one, headers=headers)
    second = await shop.client.post("/api/v1/orders", content=same, headers=headers)

    assert first.status_code == 201
    assert second.content == first.content


async def test_a_key_belongs_to_one_request(shop: Shop) -> None:
    product = await shop.product("A", stock=5)
    first = await shop.place(shop.order_for(product, 1), "k")

    other = await shop.place(shop.order_for(product, 2), "k")
    elsewhere = await shop.client.post("/api/v1/customers", json={"name": "B"}, headers=key("k"))
    again = await shop.place(shop.order_for(product, 1), "k")

    for refused in (other, elsewhere):
        assert refused.status_code == 422
        assert refused.json()["code"] == "idempotency_key_reused"
    assert again.content == first.content


@pytest.mark.parametrize(
    ("first", "other"), [("1.5", '"1.5"'), ('"1.5"', "1.5"), ("1.5", "1.50"), ("true", "1")]
)
async def test_a_number_and_a_text_that_reads_alike_are_two_requests(
    shop: Shop, first: str, other: str
) -> None:
    headers = key("k", **{"Content-Type": "application/json"})

    answers = [
        await shop.client.post(
            "/api/v1/customers",
            content=f'{{"name":"B","metadata":{{"a":{value}}}}}',
            headers=headers,
        )
        for value in (first, other, first)
    ]

    assert [each.status_code for each in answers] == [201, 422, 201]
    assert answers[1].json()["code"] == "idempotency_key_reused"
    assert answers[2].content == answers[0].content


async def test_keys_of_different_callers_are_different_keys(service: Service, shop: Shop) -> None:
    body = shop.order_for(await shop.product("A", stock=5))
    other = await service.client()

    mine = await shop.place(body, "k")
    theirs = await other.post("/api/v1/orders", json=body, headers=key("k"))

    assert (mine.json()["id"], theirs.json()["id"]) == (1, 2)


async def test_a_final_refusal_is_remembered_even_when_it_would_no_longer_be_one(
    shop: Shop,
) -> None:
    product = await shop.product("A", stock=0)
    body = shop.order_for(product)
    refused = await shop.place(body, "k")
    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")

    adjustment = {"product_id": product, "delta": 5, "reason": "delivery"}
    await shop.client.post("/api/v1/inventory/adjustments", json=adjustment)
    again = await shop.place(body, "k")

    assert (again.status_code, again.content) == (409, refused.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await shop.get("/api/v1/orders") == []
    assert (await shop.place(body, "another")).status_code == 201


@pytest.mark.parametrize("status", [404, 422])
async def test_what_is_missing_or_makes_no_sense_burns_its_key_too(shop: Shop, status: int) -> None:
    product = await shop.product("A", stock=5)
    wrong: dict[int, dict[str, Any]] = {404: {"customer_id": 99}, 422: {"items": [item(99)]}}
    body = shop.order_for(product) | wrong[status]

    first, second = await shop.place(body, "k"), await shop.place(body, "k")

    assert first.status_code == status
    assert second.content == first.content
    assert second.headers["Idempotency-Replayed"] == "true"


async def test_a_mistake_of_shape_leaves_the_key_to_the_corrected_request(shop: Shop) -> None:
    product = await shop.product("A", stock=5)

    wrong = await shop.place(shop.order_for(product, quantity=0), "k")
    right = await shop.place(shop.order_for(product, quantity=1), "k")

    assert (wrong.status_code, wrong.json()["code"]) == (422, "validation_error")
    assert right.status_code == 201
    assert "Idempotency-Replayed" not in right.headers


async def test_a_denial_leaves_the_key_alone(service: Service, shop: Shop) -> None:
    body = shop.order_for(await shop.product("A", stock=5))
    body["items"][0]["unit_price"] = "1.00"
    seller = await service.client(Permission.ORDERS_WRITE)

    denied = await seller.post("/api/v1/orders", json=body, headers=key("k"))
    del body["items"][0]["unit_price"]
    allowed = await seller.post("/api/v1/orders", json=body, headers=key("k"))

    assert (denied.status_code, allowed.status_code) == (403, 201)


async def test_a_key_is_1_to_255_visible_characters(shop: Shop) -> None:
    body = shop.order_for(await shop.product("A", stock=5))

    for bad in (b"", b"a b", b"x" * 256, "\u00e9".encode("latin-1"), b"\t"):
        headers = [(b"Idempotency-Key", bad)]
        response = await shop.client.post("/api/v1/orders", json=body, headers=headers)
        assert (response.status_code, response.json()["code"]) == (422, "invalid_idempotency_key")
    assert await shop.get("/api/v1/orders") == []


async def test_the_longest_key_is_a_good_one(shop: Shop) -> None:
    body = shop.order_for(await shop.product("A", stock=5))

    assert (await shop.place(body, "~" * 255)).status_code == 201


async def test_ten_equal_requests_at_once_do_it_once(shop: Shop) -> None:
    body = shop.order_for(await shop.product("A", stock=50))

    answers = await asyncio.gather(*(shop.place(body, "k") for _ in range(10)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(await shop.get("/api/v1/orders")) == 1


async def test_every_act_on_an_order_can_be_repeated(shop: Shop) -> None:
    order = await shop.placed(await shop.product("A", stock=5))
    path = f"/api/v1/orders/{order['id']}/cancel"

    first = await shop.client.post(path, json={"reason": "regret"}, headers=key("k"))
    second = await shop.client.post(path, json={"reason": "regret"}, headers=key("k"))
    unkeyed = await shop.client.post(path, json={"reason": "regret"})

    assert (first.status_code, first.json()["status"]) == (200, "cancelled")
    assert second.content == first.content
    assert (unkeyed.status_code, unkeyed.json()["code"]) == (409, "illegal_transition")


def item(product_id: int) -> dict[str, int]:
    return {"product_id": product_id, "quantity": 1}
