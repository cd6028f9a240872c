"""A storm of keyed orders while the server is killed and started again, and the reckoning after.

Promise: what was acknowledged exists exactly once, and nothing else does.
"""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2

from orderwright.domain.interfaces.auditor import Violation
from tests.server_process import ServerProcess
from tests.shop import Shop

CLIENTS: Final = 8
_PATIENCE_S: Final = 60.0


@dataclass(slots=True)
class StormReport:
    seed: int
    kills: int = 0
    attempts: int = 0
    retries: int = 0
    acknowledged: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    orders_in_database: int = 0
    violations: list[Violation] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.kills} kills, {self.attempts} requests "
            f"({self.retries} repeated), {len(self.acknowledged)} orders acknowledged, "
            f"{self.orders_in_database} in the database, {len(self.lost)} lost, "
            f"{len(self.doubled)} doubled, {len(self.violations)} audit violations"
        )


class OrderStorm:
    def __init__(self, server: ServerProcess, key: str, kills: int, seed: int) -> None:
        self._server = server
        self._key = key
        self._kills = kills
        self._chance = random.Random(seed)  # noqa: S311 - a reproducible storm, not a secret
        self._over = False
        self._bodies: dict[str, dict[str, Any]] = {}
        self.report = StormReport(seed)

    async def run(self) -> StormReport:
        async with self._server.client(self._key) as client:
            shop = await Shop.open(client)
            products = [await shop.product(f"STORM-{n}", stock=1_000_000) for n in range(4)]
        async with asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(self._buy_on(number, shop, products))
            group.create_task(self._kill_now_and_then())
        await self._reckon()
        return self.report

    async def _kill_now_and_then(self) -> None:
        while self.report.kills < self._kills:
            await self._progress(self._chance.randint(3, 25))
            self._server.kill()
            self.report.kills += 1
            await self._server.start()
        await self._progress(CLIENTS)
        self._over = True

    async def _progress(self, orders: int) -> None:
        """Wait until so many more orders were acknowledged, by whichever clients."""
        goal = len(self.report.acknowledged) + orders
        async with asyncio.timeout(_PATIENCE_S):
            while len(self.report.acknowledged) < goal:
                await asyncio.sleep(0.005)

    async def _buy_on(self, number: int, shop: Shop, products: list[int]) -> None:
        chance = random.Random(f"{self.report.seed}/{number}")  # noqa: S311
        count = 0
        async with self._server.client(self._key) as client:
            while not self._over:
                key = f"storm-{self.report.seed}-{number}-{count}"
                body = shop.order_for(chance.choice(products), chance.randint(1, 3))
                if chance.random() < 0.3:
                    body["payment"] = {"token": "tok_ok"}
                self._bodies[key] = body
                self.report.acknowledged[key] = await self._until_answered(client, key, body)
                count += 1

    async def _until_answered(
        self, client: httpx2.AsyncClient, key: str, body: dict[str, Any]
    ) -> int:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                response = await self._attempt(client, key, body)
                if response is not None and response.status_code == 201:
                    order_id: int = response.json()["id"]
                    return order_id
                self.report.retries += 1
                await asyncio.sleep(0.02)

    async def _attempt(
        self, client: httpx2.AsyncClient, key: str, body: dict[str, Any]
    ) -> httpx2.Response | None:
        """None when the connection broke: whether the order was placed is not known."""
        self.report.attempts += 1
        try:
            response = await client.post(
                "/api/v1/orders", json=body, headers={"Idempotency-Key": key}
            )
        except httpx2.TransportError:
            return None
        assert response.status_code in {201, 409, 503}, response.text
        return response

    async def _reckon(self) -> None:
        report = self.report
        async with self._server.client(self._key) as client:
            listed = await client.get("/api/v1/orders", params={"count": "true", "limit": 1})
            report.orders_in_database = int(listed.headers["X-Total-Count"])
            for key, order_id in report.acknowledged.items():
                replay = await self._attempt(client, key, self._bodies[key])
                assert replay is not None
                if replay.json().get("id") != order_id:
                    report.doubled.append(key)
                if (await client.get(f"/api/v1/orders/{order_id}")).status_code != 200:
                    report.lost.append(key)
        if len(set(report.acknowledged.values())) != len(report.acknowledged):
            report.doubled.append("two keys share an order")
        report.violations = await self._server.audit()
