"""`python -m tests.chaos.stopping`: SIGTERM, twice, while clients follow, money is being taken and the
placement queue is full; what happened when, and what was left.

Promise: unready at once, every request answered, every stream ended, exit 0 within 10 s; nothing that was
acknowledged is lost, and what was cut off is done by the next process.
"""

import asyncio
import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx2

from devtools.embedded_postgres import EmbeddedPostgres
from orderwright.infrastructure.database import migrate
from tests.patience import AWAITED_S
from tests.sandbox_process import KEY, SandboxProcess
from tests.server_process import ServerProcess
from tests.shop import Shop

WITHIN_S: Final = 10.0
_AGAIN_AFTER_S: Final = 1.0
_OTHER_HALF: Final = b"{}"
_FOLLOWERS: Final = 50
_PAYING: Final = 3
_PLACING: Final = 300
_SETTINGS: Final = {"TASK_LEASE_SECONDS": "11", "PAYMENT_PROVIDER": "http", "PAYMENT_API_KEY": KEY}


@dataclass(slots=True)
class Stop:
    """Times are since the first signal; `answers` are those to who was placing an order by then."""

    code: int | None = None
    ended_s: float = 0.0
    unready_s: float | None = None
    streams_s: list[float] = field(default_factory=list)
    placing_s: float = 0.0
    answers: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    left_over: int = 0
    caught_up_s: float = 0.0
    violations: int = 0

    def __str__(self) -> str:
        answers = ", ".join(f"{many} times {code}" for code, many in sorted(self.answers.items()))
        return (
            f"   0.00 s  SIGTERM: {_FOLLOWERS} clients follow, {_PAYING} orders are being paid, "
            f"{_PLACING} are being placed\n"
            f"  {self.unready_s or -1:5.2f} s  /health/ready answers 503\n"
            f"  {max(self.streams_s):5.2f} s  the last stream has ended "
            f"(the first after {min(self.streams_s):.2f} s)\n"
            f"  {self.placing_s:5.2f} s  the last order has its answer: {answers}\n"
            f"  {_AGAIN_AFTER_S:5.2f} s  SIGTERM again\n"
            f"  {self.ended_s:5.2f} s  exit {self.code}\n"
            f"after a new start: {self.lost} acknowledged orders lost, {self.left_over} payments that "
            f"were cut off done within {self.caught_up_s:.1f} s, {self.violations} audit violations"
        )


class Stopping:
    def __init__(self, server: ServerProcess, gateway: SandboxProcess) -> None:
        self._server = server
        self._gateway = gateway
        self._began = 0.0
        self._placed: set[int] = set()
        self._stop = Stop()

    async def run(self) -> Stop:
        key = await self._server.api_key()
        async with httpx2.AsyncClient(
            base_url=self._server.url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=AWAITED_S,
            limits=httpx2.Limits(max_keepalive_connections=_PLACING),
        ) as client:
            shop = await Shop.open(client)
            product = await shop.product("STOP", stock=1_000_000)
            paying = await self._being_paid(shop, product)
            streams = [await self._connected(key) for _ in range(_FOLLOWERS)]
            following = [asyncio.create_task(self._follow(*each)) for each in streams]
            await asyncio.gather(*(shop.placed(product) for _ in range(_PLACING)))
            slow = await self._half_a_request(key)
            looking = asyncio.create_task(self._until_unready(slow))
            placing = [asyncio.create_task(self._place(shop, product)) for _ in range(_PLACING)]
            await asyncio.wait(placing, return_when=asyncio.FIRST_COMPLETED)
            await self._stopped()
            await looking
            self._stop.streams_s = await asyncio.gather(*following)
            self._stop.placing_s = max(await asyncio.gather(*placing))
        await self._go_on(key, paying)
        return self._stop

    async def _being_paid(self, shop: Shop, product: int) -> list[int]:
        """Orders whose gateway takes half a minute."""
        await self._gateway.misbehave("delay", operation="payments", delay_s=30.0)
        orders = [await shop.placed(product) for _ in range(_PAYING)]
        tasks = [
            (await shop.client.post(f"/api/v1/orders/{each['id']}/process")).json()["task_id"]
            for each in orders
        ]
        for each in tasks:
            async with asyncio.timeout(AWAITED_S):
                while (await shop.get(f"/api/v1/tasks/{each}"))["state"] != "running":
                    await asyncio.sleep(0.02)
        return [each["id"] for each in orders]

    async def _connected(self, key: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        request = (
            "GET /api/v1/events/stream HTTP/1.1\r\nHost: test\r\n"
            f"Authorization: Bearer {key}\r\n\r\n"
        )
        writer.write(request.encode())
        await reader.readuntil(b"retry: 2000\n")
        return reader, writer

    async def _half_a_request(self, key: str) -> asyncio.StreamWriter:
        """The server waits for its other half: or it might end before anybody could ask it anything."""
        _, writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        request = (
            "POST /api/v1/orders HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {key}\r\nContent-Length: {len(_OTHER_HALF)}\r\n\r\n"
        )
        writer.write(request.encode())
        await writer.drain()
        return writer

    async def _follow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> float:
        said = await reader.read()
        assert said.endswith(b"0\r\n\r\n"), "cut off in the middle"
        writer.close()
        return self._since()

    async def _place(self, shop: Shop, product: int) -> float:
        try:
            answer = await shop.place(shop.order_for(product))
        except httpx2.TransportError:  # it had not been taken in: the door was closed
            self._stop.answers[0] += 1
            return self._since()
        self._stop.answers[answer.status_code] += 1
        if answer.status_code == httpx2.codes.CREATED:
            self._placed.add(answer.json()["id"])
        return self._since()

    async def _stopped(self) -> None:
        self._began = time.monotonic()
        self._server.send(signal.SIGTERM)
        again = asyncio.create_task(self._again())
        self._stop.code = await self._server.wait_until_dead()
        self._stop.ended_s = self._since()
        await again

    async def _again(self) -> None:
        await asyncio.sleep(_AGAIN_AFTER_S)
        self._server.send(signal.SIGTERM)

    async def _until_unready(self, slow: asyncio.StreamWriter) -> None:
        async with httpx2.AsyncClient() as client:
            while self._stop.unready_s is None:
                try:
                    answer = await client.get(f"{self._server.url}/health/ready")
                except httpx2.TransportError:
                    return
                if answer.status_code == httpx2.codes.SERVICE_UNAVAILABLE:
                    self._stop.unready_s = self._since()
        slow.write(_OTHER_HALF)
        await slow.drain()
        slow.close()

    async def _go_on(self, key: str, paying: list[int]) -> None:
        await self._gateway.behave()
        await self._server.start()
        began = time.monotonic()
        async with self._server.client(key) as client:
            shop = Shop(client, 0)
            for each in paying:
                await shop.until(each, deadline_s=90.0, payment_status="paid")
            self._stop.left_over = len(paying)
            self._stop.caught_up_s = time.monotonic() - began
            found = [await client.get(f"/api/v1/orders/{each}") for each in self._placed]
            self._stop.lost = sum(each.status_code != httpx2.codes.OK for each in found)
        self._stop.violations = len(await self._server.audit())

    def _since(self) -> float:
        return time.monotonic() - self._began if self._began else 0.0


async def stop(url: str, directory: Path) -> Stop:
    await migrate.upgrade(url)
    async with SandboxProcess(directory) as gateway:
        settings = {**_SETTINGS, "PAYMENT_API_URL": gateway.url}
        async with ServerProcess(url, directory, **settings) as server:
            return await Stopping(server, gateway).run()


def main() -> None:
    with tempfile.TemporaryDirectory() as name, EmbeddedPostgres() as postgres:
        directory = Path(name)
        for url in (f"sqlite+aiosqlite:///{directory}/stopping.db", postgres.url()):
            found = asyncio.run(stop(url, directory))
            print(f"{url.partition('+')[0]}\n{found}", flush=True)  # noqa: T201 - its output is what it prints
            if found.code or found.ended_s > WITHIN_S or found.lost or found.violations:
                raise SystemExit(1)


if __name__ == "__main__":
    main()
