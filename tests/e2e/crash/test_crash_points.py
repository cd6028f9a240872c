"""The server dies at a named point, once; after a restart everything is as if it had not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.patience import AWAITED_S
from tests.server_process import PreloadedServer, ServerProcess
from tests.shop import Shop

PLACING = ("place.before_commit", "place.after_commit_before_reply")
PAYING = (
    "process.after_claim",
    "pay.after_sent_commit",
    "pay.after_gateway_before_record",
    "pay.after_record",
    "job.after_attempt_commit",
)
GIVING_BACK = (
    "pay.after_sent_commit",
    "refund.after_gateway_before_record",
    "cancel.after_void_before_release",
    "pay.after_record",
)
QUICK = {
    "TASK_LEASE_SECONDS": "1",
    "IDEMPOTENCY_LEASE_SECONDS": "1",
    "PAYMENT_TIMEOUT_SECONDS": "0.9",
}


async def _until(shop: Shop, path: str, **expected: object) -> Any:
    async with asyncio.timeout(AWAITED_S):
        while True:
            found = await shop.get(path)
            if expected.items() <= found.items():
                return found
            await asyncio.sleep(0.05)


@asynccontextmanager
async def _doomed(database_url: str, directory: Path, point: str) -> AsyncIterator[ServerProcess]:
    """A server that dies at `point`; started again, it does not."""
    server = PreloadedServer(database_url, directory, **QUICK)
    await server.start(CRASH_POINTS=f"{point}:kill")
    try:
        yield server
    finally:
        await server.terminate()


async def _dies(server: ServerProcess, point: str) -> None:
    await server.terminate()
    await server.start(CRASH_POINTS=f"{point}:kill")


async def _answered(client: httpx2.AsyncClient, path: str, body: Any, key: str) -> httpx2.Response:
    """Repeat the request with its key, as a client would, until the answer is final."""
    async with asyncio.timeout(AWAITED_S):
        while True:
            response = await client.post(path, json=body, headers={"Idempotency-Key": key})
            if response.status_code != 503 and "in_progress" not in response.text:
                return response
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("point", PLACING)
async def test_an_order_placed_through_a_crash_is_there_once(
    point: str, database_url: str, tmp_path: Path
) -> None:
    async with _doomed(database_url, tmp_path, point) as server:
        async with server.client(await server.api_key()) as client:
            shop = await Shop.open(client)
            product = await shop.product("A", stock=10)
            with pytest.raises(httpx2.TransportError):
                await shop.place(shop.order_for(product, 2), "key-1")
            assert await server.wait_until_dead() == -9
            await server.start()

            retried = await shop.place(shop.order_for(product, 2), "key-1")

            assert retried.status_code == 201
            replayed = retried.headers.get("Idempotency-Replayed") == "true"
            assert replayed is (point == "place.after_commit_before_reply")
            assert len(await shop.get("/api/v1/orders")) == 1
            assert await shop.stock(product) == {"on_hand": 10, "reserved": 2, "available": 8}
        assert await server.audit() == []


@pytest.mark.parametrize("point", PAYING)
async def test_an_order_processed_through_a_crash_is_charged_once(
    point: str, database_url: str, tmp_path: Path
) -> None:
    async with _doomed(database_url, tmp_path, point) as server:
        async with server.client(await server.api_key()) as client:
            shop = await Shop.open(client)
            order = await shop.placed(await shop.product("A", stock=10), 2)
            path = f"/api/v1/orders/{order['id']}"
            accepted = await client.post(f"{path}/process")
            assert accepted.status_code == 202
            assert await server.wait_until_dead() == -9
            await server.start()

            await _until(shop, path, status="confirmed", payment_status="paid")

            (payment,) = await shop.get(f"{path}/payments")
            assert payment["captured"] == "25.00"
            captures = [e for e in await shop.get(f"{path}/timeline") if "captured" in e["event"]]
            assert len(captures) == 1
            task = await _until(shop, accepted.headers["Location"], state="succeeded")
            # What became of the task is recorded together with the payment.
            assert task["attempts"] == (1 if point == "pay.after_record" else 2)
        assert await server.audit() == []


@pytest.mark.parametrize("point", GIVING_BACK)
async def test_an_order_cancelled_through_a_crash_gives_back_once(
    point: str, database_url: str, tmp_path: Path
) -> None:
    async with PreloadedServer(database_url, tmp_path, **QUICK) as server:
        async with server.client(await server.api_key()) as client:
            shop = await Shop.open(client)
            product = await shop.product("A", stock=10)
            order = await shop.placed(product, 2, payment={"token": "tok_ok"})
            path = f"/api/v1/orders/{order['id']}"
            await _until(shop, path, status="confirmed")
            await _dies(server, point)
            with pytest.raises(httpx2.TransportError):
                await client.post(f"{path}/cancel", json={}, headers={"Idempotency-Key": "c"})
            assert await server.wait_until_dead() == -9
            await server.start()

            cancelled = await _answered(client, f"{path}/cancel", {}, "c")

            assert cancelled.status_code == 200
            assert cancelled.json()["status"] == "cancelled"
            assert cancelled.json()["payment_status"] == "refunded"
            (refund,) = await shop.get(f"{path}/refunds")
            assert (refund["status"], refund["amount"]) == ("succeeded", "25.00")
            assert await shop.stock(product) == {"on_hand": 10, "reserved": 0, "available": 10}
        assert await server.audit() == []
