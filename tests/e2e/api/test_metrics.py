import asyncio
from pathlib import Path

import httpx2
import pytest

from orderwright.domain.interfaces.payment_gateway import GatewayCall, Outcome
from orderwright.infrastructure.external_services.payments_sandbox import SandboxGateway
from tests.e2e.api.service import Service
from tests.patience import AWAITED_S

TOKEN = "for the one who scrapes"


@pytest.fixture
def url(sqlite_url: str) -> str:
    return sqlite_url


async def test_all_may_read_what_is_counted(url: str, tmp_path: Path) -> None:
    async with Service.running(url, tmp_path / "data", payment_provider="sandbox") as service:
        shop = await service.shop()
        product = await shop.product("COUNTED", stock=5)
        order = await shop.placed(product, payment={"token": "tok_ok"})
        await shop.until_processed(order["id"])
        shown = await (await service.anonymous()).get("/metrics")

    assert shown.status_code == 200
    assert shown.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'payment_requests_total{outcome="succeeded"} 1.0' in shown.text
    assert 'circuit_state{name="payments"}' not in shown.text  # nothing outside is called


async def test_what_waits_and_what_is_in_progress_is_shown(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, charge = asyncio.Event(), SandboxGateway.carry_out

    async def carry_out_later(gateway: SandboxGateway, call: GatewayCall) -> Outcome:
        await answers.wait()
        return await charge(gateway, call)

    monkeypatch.setattr(SandboxGateway, "carry_out", carry_out_later)
    async with Service.running(url, tmp_path / "data", payment_provider="sandbox") as service:
        shop, reader = await service.shop(), await service.anonymous()
        product = await shop.product("COUNTED", stock=5)
        order = await shop.placed(product, payment={"token": "tok_ok"})
        await shows(reader, "orders_in_progress 1.0")
        answers.set()
        await shop.until_processed(order["id"])
        await shows(reader, "orders_in_progress 0.0")
        await service.container.backlog().measure()
        shown = (await reader.get("/metrics")).text

    gauges = {line.split()[2] for line in shown.splitlines() if line.endswith(" gauge")}
    assert gauges >= {
        "orders_in_progress",
        "placement_queue_depth",
        "outbox_pending",
        "outbox_lag_seconds",
        "tasks_pending",
        "tasks_lag_seconds",
        "webhook_deliveries_pending",
        "webhook_deliveries_lag_seconds",
    }


async def shows(reader: httpx2.AsyncClient, line: str) -> None:
    async with asyncio.timeout(AWAITED_S):
        while line not in (await reader.get("/metrics")).text.splitlines():
            await asyncio.sleep(0.05)


async def test_with_a_token_only_who_shows_it_may_read(url: str, tmp_path: Path) -> None:
    async with Service.running(url, tmp_path / "data", metrics_token=TOKEN) as service:
        without = await (await service.anonymous()).get("/metrics")
        other = await (await service.client()).get("/metrics")
        right = await (await service.bearer(TOKEN)).get("/metrics")

    assert [each.status_code for each in (without, other, right)] == [401, 401, 200]
    assert "payment_requests_total" not in without.text
    assert without.headers["www-authenticate"] == "Bearer"
    assert without.json()["code"] == "invalid_token"
