"""What operators hear of the payment gateway, while it answers and while it does not."""

from pathlib import Path

import httpx2
import pytest

from tests.e2e.api.service import Service
from tests.redis_server import RedisServer
from tests.sandbox_process import KEY, SandboxProcess

DEPENDENCIES = "/api/v1/admin/dependencies"
CLOSED = {
    "state": "closed",
    "failures": 0,
    "opened_at": None,
    "trips": 0,
    "retry_after_s": 0,
}


class SkippingTime:
    def __init__(self) -> None:
        self.passed_s = 0.0

    def monotonic(self) -> float:
        return self.passed_s


async def payments(admin: httpx2.AsyncClient) -> dict[str, object]:
    response = await admin.get(DEPENDENCIES)
    assert response.status_code == 200, response.text
    (told,) = response.json()
    return dict(told)


async def test_a_gateway_that_goes_down_is_told_as_it_was_and_the_service_stays_ready(
    database_url: str, tmp_path: Path
) -> None:
    time = SkippingTime()
    async with SandboxProcess(tmp_path) as sandbox:
        gateway = {"payment_provider": "http", "payment_api_url": sandbox.url}
        async with Service.running(
            database_url, tmp_path / "data", payment_api_key=KEY, **gateway
        ) as service:
            service.container.monotonic.override(time.monotonic)
            admin = await service.client()
            before = await payments(admin)
            await sandbox.misbehave("down")
            time.passed_s = 60
            stale = await payments(admin)
            time.passed_s = 301
            gone = await payments(admin)
            ready = await admin.get("/health/ready")

    assert (before["provider"], before["reachable"], before["stale"]) == ("http", True, False)
    assert (before["reason"], before["circuit"]) == (None, CLOSED)
    assert (stale["reachable"], stale["stale"], stale["age_s"]) == (True, True, 60.0)
    assert (stale["as_of"], stale["reason"]) == (before["as_of"], "NotServed: answered 503")
    assert stale["circuit"] == {**CLOSED, "failures": 1}
    assert (gone["reachable"], gone["as_of"], gone["age_s"]) == (False, None, None)
    assert ready.status_code == 200


async def test_the_sandbox_inside_of_the_service_answers_without_a_circuit(
    database_url: str, tmp_path: Path
) -> None:
    async with Service.running(database_url, tmp_path / "data") as service:
        told = await payments(await service.client())

    assert (told["name"], told["provider"], told["reachable"]) == ("payments", "sandbox", True)
    assert told["circuit"] is None


@pytest.mark.parametrize("backend", ["arq", "celery"])
async def test_a_broker_that_goes_is_told_of_and_orders_are_taken_all_the_same(
    backend: str, sqlite_url: str, redis: RedisServer, tmp_path: Path
) -> None:
    shared = {"task_backend": backend, "redis_url": redis.url}
    async with Service.running(sqlite_url, tmp_path / "data", **shared) as service:
        shop = await service.shop()
        product = await shop.product("A", stock=5)
        before = await shop.client.get("/health/ready")
        (_, there) = await shop.get(DEPENDENCIES)
        redis.kill()
        service.container.readiness()._stale_at = float("-inf")
        after = await shop.client.get("/health/ready")
        order = await shop.placed(product)
        asked = await shop.client.post(f"/api/v1/orders/{order['id']}/process")

    assert before.json()["checks"] == {
        "database": "healthy",
        "migrations": "healthy",
        "redis": "healthy",
        "task_backend": "healthy",
    }
    assert (there["name"], there["provider"], there["reachable"]) == ("broker", backend, True)
    assert (after.status_code, after.json()) == (
        200,
        {
            "status": "healthy",
            "checks": before.json()["checks"] | {"redis": "unhealthy", "task_backend": "unhealthy"},
        },
    )
    assert asked.status_code == 202
