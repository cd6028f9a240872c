"""A storm of paid orders while the worker is killed and the gateway misbehaves, and the reckoning after.

Promise: the gateway has taken for each order what the order says, once, and nothing for any other.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import httpx2

from orderwright.domain.interfaces.auditor import Violation
from tests.sandbox_process import SandboxProcess
from tests.server_process import ServerDidNotStart, ServerProcess
from tests.shop import Shop

CLIENTS: Final = 4
FAULTS: Final = (
    "none",
    "decline",
    "timeout_after",
    "timeout_before",
    "reset_after",
    "error_before",
    "error_after",
    "down",
)
# Orphaned operations are asked for half a minute after they were sent, and once a minute at last.
_PATIENCE_S: Final = 240.0
_LOOK_EVERY_S: Final = 0.2
_OPEN: Final = frozenset({"planned", "sent", "unknown"})
_STARTS_MAX: Final = 3
_LOOK_AGAIN_S: Final = 30.0


@dataclass(slots=True)
class Reckoning:
    seed: int
    kills: int = 0
    attempted: int = 0
    acknowledged: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    recovered: int = 0
    duplicate_charges: list[int] = field(default_factory=list)
    orphan_charges: list[str] = field(default_factory=list)
    wrong_sums: list[int] = field(default_factory=list)
    stuck: list[int] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        wrong = (self.lost, self.duplicated, self.duplicate_charges, self.orphan_charges)
        return not any((*wrong, self.wrong_sums, self.stuck, self.violations))

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.kills} kills, {self.attempted} attempted, "
            f"{len(self.acknowledged)} acknowledged, {len(self.lost)} lost, "
            f"{len(self.duplicated)} duplicated, {self.recovered} recovered, "
            f"{len(self.duplicate_charges)} duplicate charges, "
            f"{len(self.orphan_charges)} orphan charges, {len(self.wrong_sums)} wrong sums, "
            f"{len(self.stuck)} stuck, {len(self.violations)} audit violations"
        )


class PaymentStorm:
    def __init__(
        self, server: ServerProcess, gateway: SandboxProcess, key: str, kills: int, seed: int
    ) -> None:
        self._server = server
        self._gateway = gateway
        self._key = key
        self._kills = kills
        self._chance = random.Random(seed)  # noqa: S311 - a reproducible storm, not a secret
        self._over = False
        self.reckoning = Reckoning(seed)

    async def run(self) -> Reckoning:
        async with self._server.client(self._key) as client:
            shop = await Shop.open(client)
            products = [await shop.product(f"STORM-{n}", stock=1_000_000) for n in range(3)]
        async with asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(self._buy_on(number, shop, products))
            group.create_task(self._kill_now_and_then())
        await self._gateway.behave()
        async with self._server.client(self._key) as client:
            await self._come_to_rest(client)
            await self._reckon(client)
        self.reckoning.violations = await self._server.audit()
        return self.reckoning

    async def _kill_now_and_then(self) -> None:
        while self.reckoning.kills < self._kills:
            await self._gateway.misbehave(
                self._chance.choice(FAULTS), rate=self._chance.choice([0.3, 0.6, 1.0])
            )
            await self._progress(self._chance.randint(2, 12))
            await asyncio.sleep(self._chance.random() / 2)
            self._server.kill()
            self.reckoning.kills += 1
            await self._start_again()
        self._over = True

    async def _start_again(self) -> None:
        """A machine that is busy with much else may be slow: that is not what is tried here."""
        for _ in range(_STARTS_MAX - 1):
            try:
                return await self._server.start()
            except ServerDidNotStart:
                self._server.kill()
        return await self._server.start()

    async def _progress(self, orders: int) -> None:
        goal = len(self.reckoning.acknowledged) + orders
        async with asyncio.timeout(_PATIENCE_S):
            while len(self.reckoning.acknowledged) < goal:
                await asyncio.sleep(0.005)

    async def _buy_on(self, number: int, shop: Shop, products: list[int]) -> None:
        chance = random.Random(f"{self.reckoning.seed}/{number}")  # noqa: S311
        count = 0
        async with self._server.client(self._key) as client:
            while not self._over:
                key = f"storm-{self.reckoning.seed}-{number}-{count}"
                body = shop.order_for(chance.choice(products), chance.randint(1, 3))
                body["payment"] = {"token": "tok_ok"}
                order_id = await self._until_answered(client, key, "/api/v1/orders", body)
                if order_id in self.reckoning.acknowledged.values():
                    self.reckoning.duplicated.append(key)
                self.reckoning.acknowledged[key] = order_id
                if chance.random() < 0.2:
                    await self._cancel(client, key, order_id)
                count += 1

    async def _cancel(self, client: httpx2.AsyncClient, key: str, order_id: int) -> None:
        path = f"/api/v1/orders/{order_id}/cancel"
        await self._attempt(client, f"{key}-cancel", path, {})

    async def _until_answered(
        self, client: httpx2.AsyncClient, key: str, path: str, body: dict[str, Any]
    ) -> int:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                response = await self._attempt(client, key, path, body)
                if response is not None and response.status_code == 201:
                    order_id: int = response.json()["id"]
                    return order_id
                await asyncio.sleep(0.02)

    async def _attempt(
        self, client: httpx2.AsyncClient, key: str, path: str, body: dict[str, Any]
    ) -> httpx2.Response | None:
        """None when the connection broke: whether it was done is not known."""
        self.reckoning.attempted += 1
        try:
            response = await client.post(path, json=body, headers={"Idempotency-Key": key})
        except httpx2.TransportError:
            return None
        assert response.status_code in {200, 201, 409, 503}, response.text
        return response

    async def _come_to_rest(self, client: httpx2.AsyncClient) -> None:
        """Until no order has anything open; what still has after that time is stuck."""
        waiting = list(self.reckoning.acknowledged.values())
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while waiting := [each for each in waiting if await self._moves(client, each)]:
                    await asyncio.sleep(_LOOK_EVERY_S)
        except TimeoutError:
            self.reckoning.stuck = waiting

    async def _moves(self, client: httpx2.AsyncClient, order_id: int) -> bool:
        order = (await client.get(f"/api/v1/orders/{order_id}")).json()
        payments = await self._payments(client, order_id)
        states = {each["state"] for payment in payments for each in payment["operations"]}
        if order["status"] != "cancelled" and order["cancellation_requested_at"]:
            if not states & _OPEN:  # the gateway refused to give the money back: ask it once more
                await self._cancel(
                    client, f"again-{order_id}-{len(payments[0]['operations'])}", order_id
                )
            return True
        untouched = order["status"] == "pending" and order["payment_status"] == "unpaid"
        return untouched or bool(states & _OPEN)

    async def _payments(self, client: httpx2.AsyncClient, order_id: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            await client.get(f"/api/v1/orders/{order_id}/payments")
        ).json()
        return found

    async def _reckon(self, client: httpx2.AsyncClient) -> None:
        of_orders = await self._charged()
        for key, order_id in self.reckoning.acknowledged.items():
            found = await client.get(f"/api/v1/orders/{order_id}")
            if found.status_code != 200:
                self.reckoning.lost.append(key)
                continue
            await self._compare(client, found.json(), of_orders.pop(order_id, []))
        left = (each for payments in of_orders.values() for each in payments)
        self.reckoning.orphan_charges += [each["id"] for each in left if _net([each])]
        await self._look_again(client)

    async def _charged(self) -> dict[int, list[dict[str, Any]]]:
        of_orders: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for payment in (await self._gateway.ledger())["payments"]:
            of_orders[int(payment["order_id"])].append(payment)
        return of_orders

    async def _look_again(self, client: httpx2.AsyncClient) -> None:
        """The gateway and the orders are not read in one moment, and a declined order whose task lost
        its worker is tried once more: what moved in between adds up when it has come to rest."""
        wrong = set(self.reckoning.wrong_sums)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_AGAIN_S):
                while wrong := {each for each in wrong if not await self._adds_up(client, each)}:
                    await asyncio.sleep(_LOOK_EVERY_S)
        self.reckoning.wrong_sums = sorted(wrong)

    async def _adds_up(self, client: httpx2.AsyncClient, order_id: int) -> bool:
        order = (await client.get(f"/api/v1/orders/{order_id}")).json()
        payments = await self._payments(client, order_id)
        charged = (await self._charged())[order_id]
        return _net(charged) == _net(payments) == _expected(order)

    async def _compare(
        self, client: httpx2.AsyncClient, order: dict[str, Any], charged: list[dict[str, Any]]
    ) -> None:
        payments = await self._payments(client, order["id"])
        events = (await client.get(f"/api/v1/orders/{order['id']}/timeline")).json()
        self.reckoning.recovered += any(each["event"] == "payment.unknown" for each in events)
        if sum(1 for each in charged if _net([each])) > 1:
            self.reckoning.duplicate_charges.append(order["id"])
        known = {each["provider_payment_id"] for each in payments}
        self.reckoning.orphan_charges += [
            each["id"] for each in charged if _net([each]) and each["id"] not in known
        ]
        if not _net(charged) == _net(payments) == _expected(order):
            self.reckoning.wrong_sums.append(order["id"])


def _expected(order: dict[str, Any]) -> Decimal:
    return Decimal(order["total"]) if order["status"] == "confirmed" else Decimal(0)


def _net(payments: Iterable[dict[str, Any]]) -> Decimal:
    return sum(
        (Decimal(each["captured"]) - Decimal(each["refunded"]) for each in payments), Decimal(0)
    )
