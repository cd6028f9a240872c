"""Money that is authorised first and taken, or let go, by request."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from orderwright.domain.interfaces.auditor import Violation
from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import Service
from tests.patience import AWAITED_S
from tests.shop import Shop


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with Service.running(database_url, tmp_path / "data", payment_capture="manual") as one:
        yield one


@pytest.fixture
async def order(shop: Shop) -> dict[str, Any]:
    """For 25.00, authorised."""
    order = await shop.placed(await shop.product("A", stock=9), 2, payment={})
    return await shop.until_processed(order["id"])


async def payment_of(shop: Shop, order: dict[str, Any]) -> dict[str, Any]:
    (payment,) = await shop.get(f"/api/v1/orders/{order['id']}/payments")
    found: dict[str, Any] = payment
    return found


async def ask(shop: Shop, order: dict[str, Any], act: str, **body: Any) -> httpx2.Response:
    payment = await payment_of(shop, order)
    path = f"/api/v1/orders/{order['id']}/payments/{payment['id']}/{act}"
    return await shop.client.post(path, json=body or None)


def sums(payment: dict[str, Any]) -> tuple[str, str, str, str]:
    return (payment["status"], payment["authorised"], payment["captured"], payment["refunded"])


async def status_of(shop: Shop, order: dict[str, Any]) -> tuple[str, str]:
    now = await shop.get(f"/api/v1/orders/{order['id']}")
    return now["status"], now["payment_status"]


async def possible(shop: Shop, order: dict[str, Any]) -> dict[str, tuple[bool, str | None]]:
    actions = await shop.get(f"/api/v1/orders/{order['id']}/actions")
    return {each["action"]: (each["allowed"], each["code"]) for each in actions}


async def events_of(shop: Shop, order: dict[str, Any]) -> list[str]:
    return [each["event"] for each in await shop.get(f"/api/v1/orders/{order['id']}/timeline")]


async def assert_audited(service: Service) -> None:
    violations: list[Violation] = []
    await service.container.auditor().examine(violations.append)
    assert violations == []


async def test_an_authorised_order_is_confirmed_and_captured_as_a_whole(
    shop: Shop, order: dict[str, Any]
) -> None:
    assert (order["status"], order["payment_status"]) == ("confirmed", "authorised")
    before = await possible(shop, order)
    assert before["capture"] == before["void"] == (True, None)
    assert before["refund"] == (False, "refund_exceeds_captured")

    response = await ask(shop, order, "capture")

    assert response.status_code == 200, response.text
    assert sums(response.json()) == ("captured", "25.00", "25.00", "0.00")
    assert await status_of(shop, order) == ("confirmed", "paid")
    assert (await events_of(shop, order))[-3:] == [
        "order.confirmed",
        "payment.capture_requested",
        "payment.captured",
    ]
    after = await possible(shop, order)
    assert after["capture"] == (False, "payment_not_capturable")
    assert after["void"] == (False, "payment_not_voidable")
    assert after["refund"] == (True, None)


async def test_it_may_be_captured_in_parts_and_never_more_than_authorised(
    shop: Shop, order: dict[str, Any]
) -> None:
    first = await ask(shop, order, "capture", amount="10.00")
    assert sums(first.json()) == ("captured", "25.00", "10.00", "0.00")
    assert await status_of(shop, order) == ("confirmed", "authorised")

    events = await events_of(shop, order)
    too_much = await ask(shop, order, "capture", amount="15.01")
    assert too_much.status_code == 409
    assert too_much.json()["code"] == "capture_exceeds_authorised"
    assert await events_of(shop, order) == events

    rest = await ask(shop, order, "capture")
    assert sums(rest.json()) == ("captured", "25.00", "25.00", "0.00")
    assert await status_of(shop, order) == ("confirmed", "paid")
    again = await ask(shop, order, "capture")
    assert (again.status_code, again.json()["code"]) == (409, "payment_not_capturable")


@pytest.mark.parametrize("amount", ["0", "-1.00", "1.005"])
async def test_an_amount_is_more_than_nothing_and_in_the_currency(
    shop: Shop, order: dict[str, Any], amount: str
) -> None:
    response = await ask(shop, order, "capture", amount=amount)

    assert (response.status_code, response.json()["code"]) == (422, "invalid_amount")
    assert sums(await payment_of(shop, order))[2] == "0.00"


async def test_a_voided_payment_is_let_go_and_the_order_may_be_cancelled(
    service: Service, shop: Shop, order: dict[str, Any]
) -> None:
    response = await ask(shop, order, "void")

    assert response.status_code == 200, response.text
    assert sums(response.json()) == ("voided", "0.00", "0.00", "0.00")
    assert await status_of(shop, order) == ("confirmed", "unpaid")
    again = await ask(shop, order, "void")
    assert (again.status_code, again.json()["code"]) == (409, "payment_not_voidable")
    await assert_audited(service)

    cancelled = await shop.client.post(f"/api/v1/orders/{order['id']}/cancel")
    assert cancelled.json()["status"] == "cancelled"


async def test_the_rest_of_a_partial_capture_can_be_voided(
    service: Service, shop: Shop, order: dict[str, Any]
) -> None:
    await ask(shop, order, "capture", amount="10.00")

    response = await ask(shop, order, "void")

    assert sums(response.json()) == ("captured", "10.00", "10.00", "0.00")
    await assert_audited(service)


async def test_cancelling_voids_what_was_authorised_and_refunds_what_was_captured(
    service: Service, shop: Shop, order: dict[str, Any]
) -> None:
    await ask(shop, order, "capture", amount="10.00")

    cancelled = await shop.client.post(f"/api/v1/orders/{order['id']}/cancel")

    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    payment = await payment_of(shop, order)
    assert sums(payment) == ("refunded", "10.00", "10.00", "10.00")
    done = {(each["kind"], each["amount"], each["state"]) for each in payment["operations"]}
    assert done == {
        ("authorise", "25.00", "succeeded"),
        ("capture", "10.00", "succeeded"),
        ("void", "15.00", "succeeded"),
        ("refund", "10.00", "succeeded"),
    }
    refused = await ask(shop, order, "capture")
    assert (refused.status_code, refused.json()["code"]) == (409, "payment_not_capturable")
    await assert_audited(service)


async def test_many_captures_at_once_take_the_money_once(
    service: Service, shop: Shop, order: dict[str, Any]
) -> None:
    answers = await asyncio.gather(*(ask(shop, order, "capture") for _ in range(5)))

    assert [each.status_code for each in answers].count(200) == 1
    codes = {each.json()["code"] for each in answers if each.status_code != 200}
    assert codes <= {"payment_not_capturable", "payment_in_progress"}
    payment = await payment_of(shop, order)
    assert sums(payment) == ("captured", "25.00", "25.00", "0.00")
    assert [each["kind"] for each in payment["operations"]] == ["authorise", "capture"]
    await assert_audited(service)


async def test_a_capture_that_meets_a_cancellation_leaves_no_money_behind(
    service: Service, shop: Shop, order: dict[str, Any]
) -> None:
    path = f"/api/v1/orders/{order['id']}"

    captured, cancelled = await asyncio.gather(
        ask(shop, order, "capture"), shop.client.post(f"{path}/cancel")
    )

    assert captured.status_code in (200, 202, 409), captured.text
    assert cancelled.status_code == 200
    async with asyncio.timeout(AWAITED_S):
        while (await shop.get(path))["status"] != "cancelled":
            await asyncio.sleep(0.02)
    payment = await payment_of(shop, order)
    assert payment["captured"] == payment["authorised"] == payment["refunded"]
    await assert_audited(service)


async def test_a_repeated_capture_is_one_capture(shop: Shop, order: dict[str, Any]) -> None:
    payment = await payment_of(shop, order)
    path = f"/api/v1/orders/{order['id']}/payments/{payment['id']}/capture"
    key = {"Idempotency-Key": "k"}

    first = await shop.client.post(path, json={"amount": "10.00"}, headers=key)
    again = await shop.client.post(path, json={"amount": "10.00"}, headers=key)

    assert (first.status_code, again.content) == (200, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (await payment_of(shop, order))["captured"] == "10.00"


@pytest.mark.parametrize("act", ["capture", "void"])
async def test_a_payment_belongs_to_its_order_and_its_cashier(
    service: Service, shop: Shop, order: dict[str, Any], act: str
) -> None:
    other = await shop.placed(await shop.product("B", stock=5))
    payment = await payment_of(shop, order)
    path = f"/payments/{payment['id']}/{act}"
    seller = await service.client(Permission.ORDERS_WRITE, Permission.ORDERS_READ)

    elsewhere = await shop.client.post(f"/api/v1/orders/{other['id']}{path}")
    nowhere = await shop.client.post(f"/api/v1/orders/99{path}")
    denied = await seller.post(f"/api/v1/orders/{order['id']}{path}")

    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "payment_not_found")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "order_not_found")
    assert (denied.status_code, denied.json()["code"]) == (403, "permission_denied")
    assert await payment_of(shop, order) == payment
