"""Orders paid through what speaks as Stripe does: what the order says is what was done there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.api.service import Service
from tests.fake_stripe import FakeStripe, error, fake_stripe
from tests.webhooks import OLD_SECRET, signed_by_stripe, told_by_stripe

CARD = {"token": "pm_card_visa"}


@pytest.fixture
async def stripe() -> AsyncIterator[FakeStripe]:
    async with fake_stripe() as stripe:
        yield stripe


@pytest.fixture
async def service(stripe: FakeStripe, database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    settings = {
        "payment_provider": "stripe",
        "payment_api_url": stripe.url,
        "payment_api_key": "sk_test_" + "k" * 32,
        "payment_webhook_secret": OLD_SECRET,
        # Nobody asks again before Stripe tells.
        "payment_sweep_seconds": 3600,
    }
    async with Service.running(database_url, tmp_path / "data", **settings) as service:
        yield service


async def test_money_is_taken_refused_and_given_back(stripe: FakeStripe, service: Service) -> None:
    shop = await service.shop()
    product = await shop.product("A", stock=9)
    taken = await shop.placed(product, payment=CARD)
    declined = await shop.placed(product, payment={"token": "tok_insufficient_funds"})
    assert (await shop.until_processed(taken["id"]))["payment_status"] == "paid"
    assert (await shop.until_processed(declined["id"]))["payment_status"] == "failed"
    assert stripe.moved == 1250

    cancelled = await shop.client.post(f"/api/v1/orders/{taken['id']}/cancel", json={})

    assert cancelled.json()["payment_status"] == "refunded"
    assert stripe.moved == 0


async def test_a_charge_that_nobody_heard_of_is_found_when_stripe_tells(
    stripe: FakeStripe, service: Service
) -> None:
    shop = await service.shop()
    product = await shop.product("A", stock=9)
    stripe.answer_next = error(500, "api_error")
    order = await shop.placed(product, payment=CARD)
    unheard = await shop.until(order["id"], payment_status="unknown")
    assert (unheard["status"], stripe.moved) == ("pending", 1250)
    reference = stripe.intents["pi_1"]["metadata"]["reference"]

    body = told_by_stripe(reference)
    client = await service.anonymous()
    heard = await client.post(
        "/api/v1/gateway-webhooks/stripe",
        content=body,
        headers={"content-type": "application/json"}
        | signed_by_stripe(body, service.container.clock().now()),
    )

    assert heard.json() == {"outcome": "asking"}
    settled = await shop.until(order["id"], payment_status="paid")
    assert (settled["status"], stripe.moved) == ("confirmed", 1250)
