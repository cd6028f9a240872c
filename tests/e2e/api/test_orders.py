"""The life of an order over HTTP."""

import asyncio
from typing import Any

import pytest

from tests.shop import Shop

DEADLINE_S = 20.0


async def finished(shop: Shop, task_id: str) -> dict[str, Any]:
    async with asyncio.timeout(DEADLINE_S):
        while True:
            task: dict[str, Any] = await shop.get(f"/api/v1/tasks/{task_id}")
            if task["state"] not in ("queued", "running"):
                return task
            await asyncio.sleep(0.01)


async def paid_order(shop: Shop, product: int, quantity: int = 1) -> dict[str, Any]:
    order = await shop.placed(product, quantity)
    promised = await shop.client.post(f"/api/v1/orders/{order['id']}/process")
    assert (await finished(shop, promised.json()["task_id"]))["state"] == "succeeded"
    confirmed: dict[str, Any] = await shop.get(f"/api/v1/orders/{order['id']}")
    return confirmed


async def post(shop: Shop, path: str, body: object = None, status: int = 200) -> Any:
    response = await shop.client.post(path, json=body)
    assert response.status_code == status, response.text
    return response.json()


async def test_an_order_is_placed_with_everything_that_may_be_said_about_it(shop: Shop) -> None:
    apple = await shop.product("APPLE", stock=10, price="0.3333")
    pear = await shop.product("PEAR", stock=5, price="2.50")
    body = {
        "customer_id": shop.customer_id,
        "items": [
            {"product_id": apple, "quantity": 3},
            {"product_id": pear, "quantity": 2, "unit_price": 2.25},
        ],
        "adjustments": [
            {"kind": "shipping", "label": "Courier", "amount": "4.99"},
            {"kind": "discount", "label": "Spring", "amount": -1},
        ],
        "notes": "ring twice",
        "channel": "web",
        "reference": "W-1",
        "shipping_address": {"name": "Ada", "city": "Leeds", "country": "GB"},
        "metadata": {"gift": True},
    }

    response = await shop.client.post("/api/v1/orders", json=body)

    assert response.status_code == 201
    assert response.headers["Location"] == "/api/v1/orders/1"
    assert response.headers["ETag"] == '"1"'
    order = response.json()
    created_at = order.pop("created_at")
    assert order.pop("updated_at") == created_at
    nobody = dict.fromkeys(("company", "line1", "line2", "region", "postal_code", "phone"), None)
    assert order == {
        "id": 1,
        "status": "pending",
        "payment_status": "unpaid",
        "fulfilment_status": "unfulfilled",
        "total": "9.49",
        "currency": "GBP",
        "customer_id": shop.customer_id,
        "channel": "web",
        "reference": "W-1",
        "notes": "ring twice",
        "items": [
            {
                "id": 1,
                "product_id": apple,
                "sku": "APPLE",
                "name": "Product APPLE",
                "quantity": 3,
                "unit_price": "0.3333",
                "line_total": "1.00",
                "shipped": 0,
                "returned": 0,
            },
            {
                "id": 2,
                "product_id": pear,
                "sku": "PEAR",
                "name": "Product PEAR",
                "quantity": 2,
                "unit_price": "2.25",
                "line_total": "4.50",
                "shipped": 0,
                "returned": 0,
            },
        ],
        "adjustments": [
            {"kind": "shipping", "label": "Courier", "amount": "4.99"},
            {"kind": "discount", "label": "Spring", "amount": "-1.00"},
        ],
        "shipping_address": {**nobody, "name": "Ada", "city": "Leeds", "country": "GB"},
        "billing_address": None,
        "metadata": {"gift": True},
        "cancellation_requested_at": None,
        "cancellation_reason": None,
        "version": 1,
    }
    shown = await shop.client.get("/api/v1/orders/1")
    assert shown.content == response.content
    assert shown.headers["ETag"] == '"1"'
    assert await shop.get("/api/v1/orders") == [response.json()]
    assert await shop.stock(apple) == {"on_hand": 10, "reserved": 3, "available": 7}


async def test_tags_that_a_client_has_may_stand_in_several_lines(shop: Shop) -> None:
    order = await shop.placed(await shop.product("A", stock=5))
    path = f"/api/v1/orders/{order['id']}"

    for tags, status in [(('"7"', '"1"'), 304), (('"1"', '"7"'), 304), (('"7"', '"8"'), 200)]:
        lines = [("If-None-Match", tag) for tag in tags]
        assert (await shop.client.get(path, headers=lines)).status_code == status, tags


async def test_a_client_that_has_the_version_gets_304(shop: Shop) -> None:
    order = await shop.placed(await shop.product("A", stock=5))
    path = f"/api/v1/orders/{order['id']}"

    for known, status in [
        ('"1"', 304),
        ('W/"1"', 304),
        ('"0", "1"', 304),
        ("*", 304),
        ('"2"', 200),
    ]:
        response = await shop.client.get(path, headers={"If-None-Match": known})
        assert response.status_code == status, known
        assert response.headers["ETag"] == '"1"'
    assert (await shop.client.get(path, headers={"If-None-Match": '"1"'})).content == b""


async def test_an_order_that_cannot_be_filled_changes_nothing(shop: Shop) -> None:
    plenty, scarce = await shop.product("A", stock=5), await shop.product("B", stock=1)
    items = [{"product_id": plenty, "quantity": 1}, {"product_id": scarce, "quantity": 2}]

    refused = await shop.client.post(
        "/api/v1/orders", json={"customer_id": shop.customer_id, "items": items}
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")
    assert refused.json()["product_id"] == scarce
    assert refused.json()["available"] == 1
    assert await shop.get("/api/v1/orders") == []
    assert await shop.stock(plenty) == {"on_hand": 5, "reserved": 0, "available": 5}


async def test_a_reference_is_used_once_in_its_channel(shop: Shop) -> None:
    product = await shop.product("A", stock=5)
    body = shop.order_for(product, channel="web", reference="W-1")
    await shop.place(body)

    again = await shop.place(body)
    elsewhere = await shop.place({**body, "channel": "pos"})

    assert (again.status_code, again.json()["code"]) == (409, "duplicate_reference")
    assert elsewhere.status_code == 201
    assert (await shop.stock(product))["reserved"] == 2


async def test_an_order_is_paid_shipped_in_parts_delivered_and_partly_returned(
    shop: Shop,
) -> None:
    product = await shop.product("A", stock=10, price="12.50")
    order = await shop.placed(product, 3)
    path = f"/api/v1/orders/{order['id']}"

    promised = await shop.client.post(f"{path}/process")
    assert promised.status_code == 202
    task_id = promised.json()["task_id"]
    assert promised.json() == {"task_id": task_id, "job_id": task_id}
    assert promised.headers["Location"] == f"/api/v1/tasks/{task_id}"
    task = await finished(shop, task_id)
    assert task["state"] == "succeeded"
    assert task["result"]["status"] == "confirmed"
    assert (await shop.get(path))["payment_status"] == "paid"
    (payment,) = await shop.get(f"{path}/payments")
    assert (payment["status"], payment["captured"], payment["currency"]) == (
        "captured",
        "37.50",
        "GBP",
    )

    items = [{"item_id": 1, "quantity": 2}]
    shipment_body = {"items": items, "carrier": "Royal Mail", "tracking_number": "RM1"}
    first = await post(shop, f"{path}/shipments", shipment_body, 201)
    assert (first["items"], first["carrier"], first["status"]) == (items, "Royal Mail", "shipped")
    assert (await shop.get(path))["fulfilment_status"] == "partially_fulfilled"
    rest = await post(shop, f"{path}/shipments", None, 201)
    assert rest["items"] == [{"item_id": 1, "quantity": 1}]
    assert (await shop.get(path))["status"] == "shipped"
    assert await shop.stock(product) == {"on_hand": 7, "reserved": 0, "available": 7}

    for shipment in (first, rest):
        delivered = await post(shop, f"{path}/shipments/{shipment['id']}/deliver")
        assert delivered["status"] == "delivered"
    assert (await shop.get(path))["status"] == "delivered"
    assert [each["status"] for each in await shop.get(f"{path}/shipments")] == ["delivered"] * 2

    wanted = {
        "items": [{"item_id": 1, "quantity": 1, "restock": True}],
        "reason": "too small",
    }
    returned = await post(shop, f"{path}/returns", wanted, 201)
    assert (returned["status"], returned["items"]) == ("requested", wanted["items"])
    received = await post(shop, f"{path}/returns/{returned['id']}/receive")
    assert received["status"] == "received"
    assert await shop.get(f"{path}/returns") == [received]
    assert await shop.stock(product) == {"on_hand": 8, "reserved": 0, "available": 8}

    refund = await post(shop, f"{path}/refunds", {"return_id": returned["id"]}, 201)
    assert (refund["amount"], refund["status"]) == ("12.50", "succeeded")
    assert await shop.get(f"{path}/refunds") == [refund]
    assert (await shop.get(path))["payment_status"] == "partially_refunded"

    timeline = await shop.get(f"{path}/timeline")
    assert [each["sequence"] for each in timeline] == list(range(1, len(timeline) + 1))
    assert [each["event"] for each in timeline] == [
        "order.placed",
        "order.inventory_validated",
        "payment.requested",
        "payment.captured",
        "order.confirmed",
        "shipment.created",
        "shipment.created",
        "order.shipped",
        "shipment.delivered",
        "shipment.delivered",
        "order.delivered",
        "return.requested",
        "return.received",
        "refund.requested",
        "refund.succeeded",
        "return.refunded",
    ]
    assert timeline[0]["actor"] == "api_key:1"
    assert (await shop.get(path))["version"] == len(timeline)


async def test_an_order_with_a_payment_is_processed_without_being_asked(shop: Shop) -> None:
    order = await shop.placed(await shop.product("A", stock=5), payment={"token": "tok_good"})

    async with asyncio.timeout(DEADLINE_S):
        while (shown := await shop.get(f"/api/v1/orders/{order['id']}"))["status"] == "pending":
            await asyncio.sleep(0.01)

    assert (shown["status"], shown["payment_status"]) == ("confirmed", "paid")


async def test_a_declined_payment_leaves_the_order_pending_and_another_may_be_tried(
    shop: Shop,
) -> None:
    order = await shop.placed(await shop.product("A", stock=5))
    path = f"/api/v1/orders/{order['id']}"

    refused = await post(shop, f"{path}/process", {"payment": {"token": "tok_decline"}}, 202)
    task = await finished(shop, refused["task_id"])
    assert (task["state"], task["error"]["code"]) == ("failed", "payment_failed")
    shown = await shop.get(path)
    assert (shown["status"], shown["payment_status"]) == ("pending", "failed")

    tried = await post(shop, f"{path}/process", {"payment": {"token": "tok_good"}}, 202)
    assert (await finished(shop, tried["task_id"]))["state"] == "succeeded"
    assert (await shop.get(path))["status"] == "confirmed"


async def test_asking_twice_to_process_is_one_promise(shop: Shop) -> None:
    order = await shop.placed(await shop.product("A", stock=5))
    path = f"/api/v1/orders/{order['id']}/process"

    answers = await asyncio.gather(*(shop.client.post(path) for _ in range(4)))

    accepted = [answer for answer in answers if answer.status_code == 202]
    for answer in accepted:
        await finished(shop, answer.json()["task_id"])
    assert accepted
    assert len(await shop.get(f"/api/v1/orders/{order['id']}/payments")) == 1


async def test_a_cancelled_order_gives_stock_and_money_back(shop: Shop) -> None:
    product = await shop.product("A", stock=5)
    order = await paid_order(shop, product, 2)
    path = f"/api/v1/orders/{order['id']}"

    response = await shop.client.post(f"{path}/cancel", json={"reason": "regret"})

    assert response.status_code == 200
    told = response.json()
    assert (told["status"], told["payment_status"]) == ("cancelled", "refunded")
    assert told["cancellation_reason"] == "regret"
    assert response.headers["ETag"] == f'"{told["version"]}"'
    assert await shop.stock(product) == {"on_hand": 5, "reserved": 0, "available": 5}


async def test_deleting_an_order_cancels_it_and_keeps_it(shop: Shop) -> None:
    order = await shop.placed(await shop.product("A", stock=5))
    path = f"/api/v1/orders/{order['id']}"

    gone = await shop.client.delete(path)
    again = await shop.client.delete(path)

    assert (gone.status_code, gone.content) == (204, b"")
    assert (await shop.get(path))["status"] == "cancelled"
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")
    assert again.json()["current_status"] == "cancelled"
    assert again.json()["allowed"] == []


async def test_a_shipped_order_cannot_be_cancelled(shop: Shop) -> None:
    product = await shop.product("A", stock=5)
    order = await paid_order(shop, product)
    path = f"/api/v1/orders/{order['id']}"
    await post(shop, f"{path}/shipments", {}, 201)

    for refused in (await shop.client.delete(path), await shop.client.post(f"{path}/cancel")):
        assert (refused.status_code, refused.json()["code"]) == (409, "illegal_transition")
        assert refused.json()["allowed"] == ["deliver"]
    assert (await shop.get(path))["status"] == "shipped"


async def test_more_money_than_was_taken_is_not_given_back(shop: Shop) -> None:
    order = await paid_order(shop, await shop.product("A", stock=5, price="12.50"))
    path = f"/api/v1/orders/{order['id']}/refunds"

    part = await post(shop, path, {"amount": "2.50", "reason": "late"}, 201)
    refused = await shop.client.post(path, json={"amount": 10.01})

    assert (part["amount"], part["status"], part["reason"]) == ("2.50", "succeeded", "late")
    assert (refused.status_code, refused.json()["code"]) == (409, "refund_exceeds_captured")
    assert await shop.get(path) == [part]


async def test_actions_say_what_is_allowed_and_why_the_rest_is_not(shop: Shop) -> None:
    order = await shop.placed(await shop.product("A", stock=5))

    actions = await shop.get(f"/api/v1/orders/{order['id']}/actions")

    allowed = {each["action"]: each["allowed"] for each in actions}
    assert allowed == {
        "process": True,
        "cancel": True,
        "ship": False,
        "deliver": False,
        "return": False,
        "refund": False,
        "capture": False,
        "void": False,
        "change": True,
        "change_billing_address": True,
        "change_shipping_address": True,
    }
    ship = next(each for each in actions if each["action"] == "ship")
    assert ship["code"] == "illegal_transition"
    assert ship["reason"]


async def test_what_belongs_to_no_order_is_not_found(shop: Shop) -> None:
    for part in ("", "/timeline", "/payments", "/refunds", "/shipments", "/returns", "/actions"):
        response = await shop.client.get(f"/api/v1/orders/99{part}")
        assert (response.status_code, response.json()["code"]) == (404, "order_not_found"), part
    order = await shop.placed(await shop.product("A", stock=5))
    for part, code in (
        ("shipments/nothing/deliver", "shipment_not_found"),
        ("returns/nothing/receive", "return_not_found"),
    ):
        response = await shop.client.post(f"/api/v1/orders/{order['id']}/{part}")
        assert (response.status_code, response.json()["code"]) == (404, code)


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_receiving_a_return_says_what_came_and_what_becomes_of_it(
    shop: Shop, version: str
) -> None:
    product = await shop.product("A", stock=10)
    path = f"/api/{version}/orders/{await shipped(shop, product, 4)}"
    wanted = {"items": [{"item_id": 1, "quantity": 3, "restock": True}]}
    returned = await post(shop, f"{path}/returns", wanted, 201)
    receive = f"{path}/returns/{returned['id']}/receive"

    too_many = {"items": [{"item_id": 1, "quantity": 4}]}
    refused = await post(shop, receive, too_many, 409)
    assert refused["code"] == "return_exceeds_requested"
    assert await shop.get(f"{path}/returns") == [returned]
    came = {"items": [{"item_id": 1, "quantity": 2, "restock": False}], "reason": "one is broken"}
    received = await post(shop, receive, came)

    assert (received["status"], received["items"]) == ("received", came["items"])
    assert await shop.get(f"{path}/returns") == [received]
    assert (await shop.stock(product))["on_hand"] == 6
    assert (await shop.get(path))["items"][0]["returned"] == 2
    told = (await shop.get(f"{path}/timeline"))[-1]
    assert (told["event"], told["data"]) == (
        "return.received",
        {
            "return_id": returned["id"],
            "items": [{"item_id": 1, "quantity": 2}],
            "restocked": [],
            "reason": "one is broken",
        },
    )


async def shipped(shop: Shop, product: int, quantity: int) -> int:
    order = await shop.placed(product, quantity, payment={"token": "tok_good"})
    await shop.until_processed(order["id"])
    await post(shop, f"/api/v1/orders/{order['id']}/shipments", {}, 201)
    order_id: int = order["id"]
    return order_id
