"""Two people with one order open: the second to save hears of the first, and nothing is lost."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.api.service import Service
from tests.shop import Shop


def seen(tag: str, **more: str) -> dict[str, str]:
    return {"If-Match": tag, **more}


@pytest.fixture
async def order(shop: Shop) -> dict[str, Any]:
    return await shop.placed(await shop.product("A", stock=20))


async def test_the_second_of_two_editors_hears_of_the_first(
    shop: Shop, order: dict[str, Any]
) -> None:
    path = f"/api/v1/orders/{order['id']}"
    tag = (await shop.client.get(path)).headers["ETag"]

    first = await shop.client.patch(path, json={"notes": "first"}, headers=seen(tag))
    second = await shop.client.patch(path, json={"notes": "second"}, headers=seen(tag))

    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    assert (second.status_code, second.json()["code"]) == (412, "precondition_failed")
    assert second.json()["error"] == "Precondition Failed"
    assert (second.json()["current_version"], second.json()["current_etag"]) == (2, '"2"')
    assert (await shop.get(path))["notes"] == "first"

    again = await shop.client.patch(
        path, json={"notes": "second"}, headers=seen(second.json()["current_etag"])
    )
    assert (again.status_code, again.json()["version"]) == (200, 3)


async def test_of_many_editors_at_once_exactly_one_wins(shop: Shop, order: dict[str, Any]) -> None:
    path = f"/api/v1/orders/{order['id']}"

    answers = await asyncio.gather(
        *(
            shop.client.patch(path, json={"notes": f"editor {number}"}, headers=seen('"1"'))
            for number in range(8)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert await shop.get(path) == won
    assert won["version"] == 2


@pytest.mark.parametrize(
    "tag",
    ['"1"', '"9", "1"', '"a,b","1"', "*", ', "1" ,'],
)
async def test_a_tag_of_the_present_version_matches(
    shop: Shop, order: dict[str, Any], tag: str
) -> None:
    path = f"/api/v1/orders/{order['id']}"

    response = await shop.client.patch(path, json={"notes": "mine"}, headers=seen(tag))

    assert response.status_code == 200, response.text


@pytest.mark.parametrize(
    "tag",
    [
        '"2"',
        'W/"1"',
        '"1x"',
        '"1-a1b2c3"',
        '"1-0123456789abcdef"',
        '"01"',
        '""',
        '"-1"',
        "\"'1'\"",
        '"99999999999999999999"',
    ],
)
async def test_no_other_tag_matches(shop: Shop, order: dict[str, Any], tag: str) -> None:
    path = f"/api/v1/orders/{order['id']}"

    response = await shop.client.patch(path, json={"notes": "mine"}, headers=seen(tag))

    assert (response.status_code, response.json()["code"]) == (412, "precondition_failed")
    assert await shop.get(path) == order


@pytest.mark.parametrize("tag", ["1", '"1', "", '"1" "2"', "w/*", '*, "1"', "'1'", '"1";q=1'])
async def test_what_is_no_list_of_tags_is_said_to_be_none(
    shop: Shop, order: dict[str, Any], tag: str
) -> None:
    path = f"/api/v1/orders/{order['id']}"

    response = await shop.client.patch(path, json={"notes": "mine"}, headers=seen(tag))

    assert (response.status_code, response.json()["code"]) == (400, "malformed_if_match")
    assert await shop.get(path) == order


async def test_a_header_said_twice_is_one_list(shop: Shop, order: dict[str, Any]) -> None:
    path = f"/api/v1/orders/{order['id']}"

    response = await shop.client.patch(
        path, json={"notes": "mine"}, headers=[("If-Match", '"7"'), ("If-Match", '"1"')]
    )

    assert response.status_code == 200


async def test_every_act_on_an_order_insists_on_the_version_that_was_seen(
    shop: Shop, order: dict[str, Any]
) -> None:
    path = f"/api/v1/orders/{order['id']}"
    items = [{"item_id": 1, "quantity": 1}]
    acts: list[tuple[str, str, Any]] = [
        ("PATCH", "", {"notes": "mine"}),
        ("POST", "/process", {}),
        ("POST", "/cancel", {}),
        ("POST", "/shipments", {}),
        ("POST", "/shipments/any/deliver", None),
        ("POST", "/returns", {"items": items, "reason": "no"}),
        ("POST", "/returns/any/receive", None),
        ("POST", "/refunds", {"amount": "1.00", "reason": "no"}),
        ("POST", "/payments/any/capture", {}),
        ("POST", "/payments/any/void", None),
        ("DELETE", "", None),
    ]
    for method, act, body in acts:
        response = await shop.client.request(method, path + act, json=body, headers=seen('"7"'))
        assert (response.status_code, response.json()["code"]) == (412, "precondition_failed"), act

    assert await shop.get(path) == order
    assert len(await shop.get(f"{path}/timeline")) == 1
    gone = await shop.client.delete(path, headers=seen('"1"'))
    assert gone.status_code == 204


async def test_what_does_not_exist_is_missing_not_changed(shop: Shop) -> None:
    response = await shop.client.patch(
        "/api/v1/orders/99", json={"notes": "mine"}, headers=seen('"1"')
    )

    assert (response.status_code, response.json()["code"]) == (404, "order_not_found")


@pytest.mark.parametrize("path", ["/api/v1/customers/1", "/api/v1/products/1"])
async def test_customers_and_products_have_versions_too(shop: Shop, path: str) -> None:
    await shop.product("A", stock=0)
    shown = await shop.client.get(path)
    tag = shown.headers["ETag"]
    known = await shop.client.get(path, headers={"If-None-Match": tag})
    assert (tag, known.status_code, known.content) == ('"1"', 304, b"")
    assert known.headers["ETag"] == tag

    first = await shop.client.patch(path, json={"name": "First"}, headers=seen(tag))
    second = await shop.client.patch(path, json={"name": "Second"}, headers=seen(tag))
    unknown = await shop.client.get(path, headers={"If-None-Match": tag})

    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    assert (second.status_code, second.json()["current_etag"]) == (412, '"2"')
    assert (unknown.status_code, unknown.json()["name"]) == (200, "First")


async def test_a_retry_of_what_succeeded_hears_so_though_its_version_is_of_the_past(
    shop: Shop, order: dict[str, Any]
) -> None:
    path = f"/api/v1/orders/{order['id']}"
    headers = seen('"1"', **{"Idempotency-Key": "k"})

    first = await shop.client.patch(path, json={"notes": "mine"}, headers=headers)
    again = await shop.client.patch(path, json={"notes": "mine"}, headers=headers)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Idempotency-Replayed"] == "true"


async def test_a_failed_precondition_leaves_the_key_to_the_next_try(
    shop: Shop, order: dict[str, Any]
) -> None:
    path = f"/api/v1/orders/{order['id']}"
    key = {"Idempotency-Key": "k"}

    stale = await shop.client.patch(path, json={"notes": "a"}, headers=seen('"7"', **key))
    fresh = await shop.client.patch(path, json={"notes": "b"}, headers=seen('"1"', **key))

    assert (stale.status_code, fresh.status_code) == (412, 200)
    assert "Idempotency-Replayed" not in fresh.headers
    assert fresh.json()["notes"] == "b"


async def test_a_service_may_insist_on_a_version(database_url: str, tmp_path: Path) -> None:
    async with Service.running(database_url, tmp_path / "data", require_if_match=True) as service:
        shop = await service.shop()
        order = await shop.placed(await shop.product("A", stock=5))
        key = {"Idempotency-Key": "k"}
        for kind, change in (("orders", {"notes": "a"}), ("customers", {"name": "B"})):
            path = f"/api/v1/{kind}/1"
            careless = await shop.client.patch(path, json=change, headers=key)
            assert careless.status_code == 428
            assert careless.json()["error"] == "Precondition Required"
            assert careless.json()["code"] == "precondition_required"
            assert (await shop.get(path))["version"] == 1
        careful = await shop.client.patch(
            f"/api/v1/orders/{order['id']}", json={"notes": "a"}, headers=seen("*", **key)
        )
        acted = await shop.client.post(f"/api/v1/orders/{order['id']}/cancel")

    assert (careful.status_code, acted.status_code) == (200, 200)
    assert "Idempotency-Replayed" not in careful.headers
