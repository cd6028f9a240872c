from pathlib import Path

import pytest

from tests.e2e.api.service import Service

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


async def test_with_a_token_only_who_shows_it_may_read(url: str, tmp_path: Path) -> None:
    async with Service.running(url, tmp_path / "data", metrics_token=TOKEN) as service:
        without = await (await service.anonymous()).get("/metrics")
        other = await (await service.client()).get("/metrics")
        right = await (await service.bearer(TOKEN)).get("/metrics")

    assert [each.status_code for each in (without, other, right)] == [401, 401, 200]
    assert "payment_requests_total" not in without.text
    assert without.headers["www-authenticate"] == "Bearer"
    assert without.json()["code"] == "invalid_token"
