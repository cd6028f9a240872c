"""Orders paid through a gateway that is another process: what the order says is what it did."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.api.service import Service
from tests.sandbox_process import KEY, SandboxProcess
from tests.shop import Shop


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[SandboxProcess]:
    async with SandboxProcess(tmp_path) as sandbox:
        yield sandbox


@pytest.fixture
async def shop(sandbox: SandboxProcess, database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    settings = {
        "payment_provider": "http",
        "payment_api_url": sandbox.url,
        "payment_api_key": KEY,
        "task_retry_seconds": 0.05,
    }
    async with Service.running(database_url, tmp_path / "data", **settings) as service:
        yield await service.shop()


async def net_captured(sandbox: SandboxProcess, order_id: int) -> Decimal:
    payments = (await sandbox.ledger())["payments"]
    ours = [each for each in payments if each["order_id"] == order_id]
    return sum((Decimal(each["captured"]) - Decimal(each["refunded"]) for each in ours), Decimal(0))


async def test_money_is_taken_refused_taken_unheard_and_given_back(
    sandbox: SandboxProcess, shop: Shop
) -> None:
    product = await shop.product("A", stock=9)
    taken = await shop.placed(product, payment={"token": "tok_good"})
    declined = await shop.placed(product, payment={"token": "tok_insufficient_funds"})
    assert (await shop.until_processed(taken["id"]))["payment_status"] == "paid"
    assert (await shop.until_processed(declined["id"]))["payment_status"] == "failed"

    await sandbox.misbehave("reset_after", operation="payments", times=1)
    unheard = await shop.placed(product, payment={"token": "tok_good"})
    assert (await shop.until_processed(unheard["id"]))["payment_status"] == "paid"

    cancelled = await shop.client.post(f"/api/v1/orders/{taken['id']}/cancel", json={})
    assert cancelled.json()["payment_status"] == "refunded"

    net = [await net_captured(sandbox, each["id"]) for each in (taken, declined, unheard)]
    assert net == [Decimal(0), Decimal(0), Decimal("12.50")]
    assert (await sandbox.ledger())["duplicates"] == []
