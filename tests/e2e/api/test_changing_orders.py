from typing import Any

import httpx2
import pytest

from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import Service
from tests.shop import Shop

HOME = {"line1": "1 Old Road", "country": "GB"}
AWAY = {"line1": "2 New Street", "country": "GB"}


async def change(shop: Shop, order: dict[str, Any], **changes: object) -> httpx2.Response:
    return await shop.client.patch(f"/api/v1/orders/{order['id']}", json=changes)


async def timeline(shop: Shop, order: dict[str, Any]) -> Any:
    return await shop.get(f"/api/v1/orders/{order['id']}/timeline")


async def confirmed(shop: Shop, quantity: int = 2) -> dict[str, Any]:
    order = await shop.placed(
        await shop.product("A", stock=5), quantity, payment={}, shipping_address=HOME
    )
    return await shop.until_processed(order["id"])


async def ship(shop: Shop, order: dict[str, Any], quantity: int) -> dict[str, Any]:
    items = [{"item_id": 1, "quantity": quantity}]
    response = await shop.client.post(
        f"/api/v1/orders/{order['id']}/shipments", json={"items": items}
    )
    assert response.status_code == 201, response.text
    shipment: dict[str, Any] = response.json()
    return shipment


async def test_an_order_is_changed_in_what_is_named_and_nothing_else(shop: Shop) -> None:
    order = await shop.placed(
        await shop.product("A", stock=5), notes="ring", shipping_address=HOME, metadata={"a": 1}
    )

    response = await change(shop, order, notes="knock", billing_address=AWAY, metadata={"b": 2})

    changed = response.json()
    assert response.status_code == 200, response.text
    assert response.headers["ETag"] == '"2"'
    assert changed == await shop.get(f"/api/v1/orders/{order['id']}")
    assert (changed["notes"], changed["metadata"], changed["version"]) == ("knock", {"b": 2}, 2)
    assert changed["billing_address"]["line1"] == "2 New Street"
    unchanged = set(order) - {"notes", "billing_address", "metadata", "version", "updated_at"}
    assert {name: changed[name] for name in unchanged} == {name: order[name] for name in unchanged}


async def test_the_timeline_says_who_changed_what_from_what_to_what(shop: Shop) -> None:
    order = await shop.placed(
        await shop.product("A", stock=5), notes="ring", shipping_address=HOME, metadata={"a": 1}
    )

    await change(shop, order, notes=None, shipping_address=AWAY, metadata=None)

    entry = (await timeline(shop, order))[-1]
    assert (entry["event"], entry["actor"], entry["sequence"]) == ("order.changed", "api_key:1", 2)
    assert entry["data"] == {
        "changed": ["metadata", "notes", "shipping_address"],
        "before": {"metadata": {"a": 1}, "notes": "ring", "shipping_address": HOME},
        "after": {"metadata": {}, "notes": None, "shipping_address": AWAY},
    }


@pytest.mark.parametrize("changes", [{}, {"notes": "ring"}, {"metadata": {"a": 1}}])
async def test_a_change_that_changes_nothing_leaves_no_trace(
    shop: Shop, changes: dict[str, object]
) -> None:
    order = await shop.placed(await shop.product("A", stock=5), notes="ring", metadata={"a": 1})

    response = await change(shop, order, **changes)

    assert (response.status_code, response.json()) == (200, order)
    assert len(await timeline(shop, order)) == 1


async def test_true_is_not_one(shop: Shop) -> None:
    order = await shop.placed(await shop.product("A", stock=5), metadata={"a": 1})

    response = await change(shop, order, metadata={"a": True})

    assert response.json()["metadata"] == {"a": True}
    assert response.json()["version"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "confirmed"},
        {"total": "1.00"},
        {"version": 7},
        {"notes": "x" * 501},
        {"notes": 5},
        {"metadata": []},
        {"shipping_address": {"street": "1"}},
    ],
)
async def test_what_cannot_be_changed_is_refused(shop: Shop, wrong: dict[str, object]) -> None:
    order = await shop.placed(await shop.product("A", stock=5))

    response = await change(shop, order, **wrong)

    assert (response.status_code, response.json()["code"]) == (422, "validation_error")
    assert await shop.get(f"/api/v1/orders/{order['id']}") == order


async def test_goods_on_their_way_have_an_address(shop: Shop) -> None:
    order = await confirmed(shop)
    await ship(shop, order, 1)
    before = await shop.get(f"/api/v1/orders/{order['id']}")

    refused = await change(shop, order, shipping_address=AWAY, notes="too late")
    same = await change(shop, order, shipping_address=HOME)
    billed = await change(shop, order, billing_address=AWAY)

    assert (refused.status_code, refused.json()["code"]) == (409, "already_shipped")
    assert (same.status_code, same.json()) == (200, before)
    assert billed.status_code == 200
    actions = await shop.get(f"/api/v1/orders/{order['id']}/actions")
    said = {each["action"]: (each["allowed"], each["code"]) for each in actions}
    assert said["change_shipping_address"] == (False, "already_shipped")
    assert said["change_billing_address"] == (True, None)


async def test_an_order_that_is_over_may_be_written_on_but_keeps_its_addresses(
    shop: Shop,
) -> None:
    cancelled = await shop.placed(await shop.product("B", stock=5))
    await shop.client.post(f"/api/v1/orders/{cancelled['id']}/cancel")
    delivered = await confirmed(shop)
    shipment = await ship(shop, delivered, 2)
    await shop.client.post(f"/api/v1/orders/{delivered['id']}/shipments/{shipment['id']}/deliver")

    for order, status in ((cancelled, "cancelled"), (delivered, "delivered")):
        for name in ("shipping_address", "billing_address"):
            refused = await change(shop, order, **{name: AWAY})
            assert (refused.status_code, refused.json()["code"]) == (409, "order_is_over")
            assert refused.json()["current_status"] == status
        noted = await change(shop, order, notes="rang twice", metadata={"done": True})
        assert (noted.status_code, noted.json()["notes"]) == (200, "rang twice")


async def test_changing_an_order_needs_a_permission_and_an_order(
    service: Service, shop: Shop
) -> None:
    order = await shop.placed(await shop.product("A", stock=5))
    reader = await service.client(Permission.ORDERS_READ)

    denied = await reader.patch(f"/api/v1/orders/{order['id']}", json={"notes": "mine"})
    missing = await change(shop, {"id": 99}, notes="nobody's")

    assert (denied.status_code, denied.json()["code"]) == (403, "permission_denied")
    assert (missing.status_code, missing.json()["code"]) == (404, "order_not_found")
    assert await shop.get(f"/api/v1/orders/{order['id']}") == order
