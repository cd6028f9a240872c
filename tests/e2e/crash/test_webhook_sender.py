"""A sender that is killed after it has sent, and before it has written that down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.server_process import PreloadedServer
from tests.webhook_sink import sink

QUICK = {
    "WEBHOOK_ALLOW_LOCAL": "true",
    "WEBHOOK_TIMEOUT_SECONDS": "0.9",
    "WEBHOOK_LEASE_SECONDS": "1",
    "WEBHOOK_POLL_SECONDS": "0.05",
}


async def _finished(api: httpx2.AsyncClient, path: str) -> Any:
    async with asyncio.timeout(30):
        while (delivery := (await api.get(path)).json())["state"] == "pending":
            await asyncio.sleep(0.05)
    return delivery


@asynccontextmanager
async def ended(server: PreloadedServer) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await server.terminate()


async def test_it_is_sent_again_with_the_same_id(database_url: str, tmp_path: Path) -> None:
    server = PreloadedServer(database_url, tmp_path, **QUICK)
    await server.start(CRASH_POINTS="webhook.after_send_before_mark:kill")
    headers = {"Authorization": f"Bearer {await server.api_key()}"}
    async with (
        ended(server),
        sink() as receiver,
        httpx2.AsyncClient(base_url=server.url, headers=headers) as api,
    ):
        made = (await api.post("/api/v1/webhooks", json={"url": receiver.url})).json()
        sent = await api.post(f"/api/v1/webhooks/{made['webhook']['id']}/test")
        await server.wait_until_dead()

        await server.start()
        await receiver.until(lambda: len(receiver.received) == 2)
        delivery = await _finished(api, sent.headers["location"])

    assert receiver.ids == [delivery["webhook_id"]] * 2
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 2)
