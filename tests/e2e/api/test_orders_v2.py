"""The second version of the order routes: a page object, money objects, everything embedded."""

from typing import Any

import httpx2
import pytest

from tests.e2e.api.test_orders import finished
from tests.shop import Shop

V2 = "/api/v2/orders"


def gbp(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "GBP"}


async def placed(shop: Shop, product: int, quantity: int = 1, **more: Any) -> dict[str, Any]:
    response = await shop.client.post(V2, json=shop.order_for(product, quantity, **more))
    assert response.status_code == 201, response.text
    order: dict[str, Any] = response.json()
    return order


async def some(shop: Shop, count: int) -> int:
    product = await shop.product("A", stock=100, price="10")
    for quantity in range(1, count + 1):
        await shop.placed(product, quantity)
    return product


async def page(shop: Shop, **query: Any) -> dict[str, Any]:
    response = await shop.client.get(V2, params=query)
    assert response.status_code == 200, response.text
    listed: dict[str, Any] = response.json()
    return listed


async def test_an_order_carries_its_customer_and_amounts_with_their_currency(shop: Shop) -> None:
    product = await shop.product("A", stock=5, price="0.3333")
    shipping = {"kind": "shipping", "label": "Courier", "amount": "4.99"}
    body = shop.order_for(product, 3, adjustments=[shipping])

    response = await shop.client.post(V2, json=body)

    order = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"{V2}/{order['id']}"
    assert response.headers["X-API-Version"] == "2.0"
    assert order["total"] == gbp("5.99")
    (item,) = order["items"]
    assert (item["unit_price"], item["line_total"]) == (gbp("0.3333"), gbp("1.00"))
    assert order["adjustments"] == [{**shipping, "amount": gbp("4.99")}]
    assert order["customer"] == {
        "id": shop.customer_id,
        "name": "Ada Example",
        "email": None,
        "external_ref": None,
    }
    assert (order["payments"], order["shipments"]) == ([], [])
    timeline = await shop.client.get(order["timeline_url"])
    assert [each["event"] for each in timeline.json()] == ["order.placed"]


async def test_both_versions_tell_of_the_same_order(shop: Shop) -> None:
    product = await shop.product("A", stock=5)
    second = await placed(shop, product, 2, notes="ring twice", metadata={"gift": True})

    first = await shop.get(f"/api/v1/orders/{second['id']}")

    assert first["total"] == second["total"]["amount"]
    differing = {"total", "items", "adjustments"}
    embedded = {"customer", "payments", "shipments", "timeline_url"}
    assert {name: first[name] for name in first if name not in differing} == {
        name: second[name] for name in second if name not in differing | embedded
    }


async def test_payments_and_shipments_are_part_of_the_order(shop: Shop) -> None:
    order = await placed(shop, await shop.product("A", stock=5), 2)
    path = f"{V2}/{order['id']}"
    promised = await shop.client.post(f"{path}/process")
    assert promised.status_code == 202
    assert (await finished(shop, promised.json()["task_id"]))["state"] == "succeeded"
    shipment = (await shop.client.post(f"{path}/shipments", json={})).json()

    full = await shop.get(path)

    assert full["status"] == "shipped"
    (payment,) = full["payments"]
    assert (payment["captured"], payment["refunded"]) == (gbp("25.00"), gbp("0.00"))
    assert [each["amount"] for each in payment["operations"]] == [gbp("25.00")] * len(
        payment["operations"]
    )
    assert full["shipments"] == [shipment]
    assert full == (await page(shop))["items"][0]


async def test_an_act_answers_with_the_order_in_full_and_again_byte_for_byte(shop: Shop) -> None:
    order = await placed(shop, await shop.product("A", stock=5))
    headers = {"Idempotency-Key": "cancel-1"}
    path = f"{V2}/{order['id']}/cancel"

    first = await shop.client.post(path, json={"reason": "mistake"}, headers=headers)
    second = await shop.client.post(path, json={"reason": "mistake"}, headers=headers)

    assert first.json()["status"] == "cancelled"
    assert first.json() == await shop.get(f"{V2}/{order['id']}")
    assert second.content == first.content
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["ETag"] == first.headers["ETag"]


async def test_a_key_used_in_one_version_is_not_free_in_the_other(shop: Shop) -> None:
    body = shop.order_for(await shop.product("A", stock=5))
    key = {"Idempotency-Key": "k"}
    await shop.client.post(V2, json=body, headers=key)

    other = await shop.client.post("/api/v1/orders", json=body, headers=key)

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(await shop.get("/api/v1/orders")) == 1


async def test_the_tag_changes_with_what_is_embedded_and_guards_the_order(shop: Shop) -> None:
    order = await placed(shop, await shop.product("A", stock=5))
    path = f"{V2}/{order['id']}"
    tag = (await shop.client.get(path)).headers["ETag"]
    fresh = await shop.client.get(path, headers={"If-None-Match": tag})
    assert (fresh.status_code, fresh.content, fresh.headers["ETag"]) == (304, b"", tag)

    renamed = {"name": "Ada Lovelace"}
    await shop.client.patch(f"/api/v1/customers/{shop.customer_id}", json=renamed)

    stale = await shop.client.get(path, headers={"If-None-Match": tag})
    assert (stale.status_code, stale.json()["customer"]["name"]) == (200, "Ada Lovelace")
    late = await shop.client.patch(path, json={"notes": "b"}, headers={"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert (late.json()["current_version"], late.json()["current_etag"]) == (
        order["version"],
        stale.headers["ETag"],
    )
    noted = await shop.client.patch(
        path, json={"notes": "a"}, headers={"If-Match": late.json()["current_etag"]}
    )
    assert (noted.status_code, (await shop.get(path))["notes"]) == (200, "a")
    assert noted.headers["ETag"] == (await shop.client.get(path)).headers["ETag"]


@pytest.mark.parametrize("path", [V2, "/api/orders"])
async def test_only_the_whole_tag_matches(shop: Shop, path: str) -> None:
    order = await placed(shop, await shop.product("A", stock=5))
    path = f"{path}/{order['id']}"
    asked = {"X-API-Version": "2.0"}
    tag = (await shop.client.get(path, headers=asked)).headers["ETag"]
    version, _, rest = tag.strip('"').partition("-")
    assert (version, len(rest)) == (str(order["version"]), 16)

    for other in (
        f'"{version}"',
        f'"{version}-deadbeef"',
        f'"{version}-{"0" * 16}"',
        f'"{version}-{rest.upper()}x"',
        f'"{rest}"',
        f"W/{tag}",
    ):
        refused = await shop.client.patch(
            path, json={"notes": "b"}, headers=asked | {"If-Match": other}
        )
        assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed"), other
    for method, act, body in (
        ("POST", "/cancel", {}),
        ("POST", "/shipments", {}),
        ("POST", "/process", {}),
        ("POST", "/payments/any/void", None),
        ("DELETE", "", None),
    ):
        refused = await shop.client.request(
            method, path + act, json=body, headers=asked | {"If-Match": f'"{version}"'}
        )
        assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed"), act
    for same in (tag, f'"1", W/"2", {tag}', "*"):
        taken = await shop.client.patch(path, json={}, headers=asked | {"If-Match": same})
        assert taken.status_code == 200, (same, taken.text)
        assert taken.headers["ETag"] == tag


async def test_the_tag_of_a_paid_order_lets_it_be_acted_on(shop: Shop) -> None:
    product = await shop.product("A", stock=5)
    order = await placed(shop, product, 2, payment={"token": "tok_good"})
    await shop.until_processed(order["id"])
    path = f"{V2}/{order['id']}"

    for act, body in (
        ("shipments", {"carrier": "Northern Parcel"}),
        ("refunds", {"amount": "1.00"}),
    ):
        tag = (await shop.client.get(path)).headers["ETag"]
        taken = await shop.client.post(f"{path}/{act}", json=body, headers={"If-Match": tag})
        again = await shop.client.post(f"{path}/{act}", json=body, headers={"If-Match": tag})
        assert (taken.status_code, again.status_code) == (201, 412), taken.text


async def test_pages_are_numbered_and_say_how_many_there_are(shop: Shop) -> None:
    await some(shop, 5)

    first, last, beyond = [await page(shop, page=number, page_size=2) for number in (1, 3, 4)]

    assert [each["id"] for each in first["items"]] == [5, 4]
    assert {name: first[name] for name in ("total", "total_is_exact", "page", "page_size")} == {
        "total": 5,
        "total_is_exact": True,
        "page": 1,
        "page_size": 2,
    }
    assert (first["has_more"], last["has_more"], beyond["has_more"]) == (True, False, False)
    assert [each["id"] for each in last["items"]] == [1]
    assert (beyond["items"], beyond["total"], last["next_cursor"]) == ([], 5, None)


async def test_a_cursor_leads_through_all_pages(shop: Shop) -> None:
    await some(shop, 5)
    seen: list[int] = []
    query: dict[str, Any] | None = {"page_size": 2, "sort": "total"}

    while query is not None:
        listed = await page(shop, **query)
        seen += [each["id"] for each in listed["items"]]
        cursor = listed["next_cursor"]
        query = {"page_size": 2, "sort": "total", "cursor": cursor} if cursor else None

    assert seen == [1, 2, 3, 4, 5]
    assert listed["page"] is None


async def test_the_next_link_goes_on_by_cursor(shop: Shop) -> None:
    await some(shop, 3)

    response = await shop.client.get(f"{V2}?page=1&page_size=2&channel=api&min_total=5")

    following = await shop.client.get(response.links["next"]["url"])
    assert [each["id"] for each in following.json()["items"]] == [1]
    assert "channel=api&min_total=5" in response.links["next"]["url"]
    assert "page=" not in response.links["next"]["url"].replace("page_size=", "")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"page": 0}, "greater_than_equal"),
        ({"page_size": 101}, "less_than_equal"),
        ({"page": 10_001, "page_size": 100}, "page_out_of_reach"),
        ({"page": 2, "cursor": "x"}, "page_and_cursor"),
        ({"skip": 1}, "extra_forbidden"),
        ({"limit": 1}, "extra_forbidden"),
    ],
)
async def test_a_page_that_cannot_be_is_refused(
    shop: Shop, query: dict[str, Any], code: str
) -> None:
    response: httpx2.Response = await shop.client.get(V2, params=query)

    assert response.status_code == 422
    assert [each["code"] for each in response.json()["errors"]] == [code]


async def test_what_does_not_exist_and_what_is_not_allowed(shop: Shop) -> None:
    missing = await shop.client.get(f"{V2}/404")
    wrong = await shop.client.put(V2, json={})
    short = await shop.client.post(V2, json=shop.order_for(await shop.product("A", stock=1), 2))

    assert (missing.status_code, missing.json()["code"]) == (404, "order_not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["Allow"] == "GET, HEAD, POST"
    assert (short.status_code, short.json()["code"]) == (409, "out_of_stock")
    for response in (missing, wrong, short):
        assert response.headers["X-API-Version"] == "2.0"
    assert (await page(shop))["total"] == 0
