"""`python -m tests.chaos.workers --kills 30`: workers, their Redis and their PostgreSQL are killed at random.

Promise: each task that was put down is done, and its effect is there once.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlalchemy.exc import DBAPIError

from devtools.embedded_postgres import EmbeddedPostgres
from orderwright.application.queries.audit import audit
from orderwright.infrastructure.database import migrate
from orderwright.infrastructure.database.database import Database
from tests.e2e.api.service import Service
from tests.events import rows
from tests.patience import patient_database
from tests.redis_server import RedisServer, redis_server
from tests.shop import Shop
from tests.worker_process import WorkerProcess

_CAUGHT_UP_WITHIN_S: Final = 240.0
# Fewer than a busy machine does, so that what is measured is the kill and no backlog.
_EVERY_S: Final = 0.25
_LEASE: Final = {"TASK_LEASE_SECONDS": "3", "PAYMENT_TIMEOUT_SECONDS": "2"}
_DONE: Final = "SELECT id FROM tasks WHERE state = 'succeeded'"
_EFFECTS: Final = "SELECT aggregate_id FROM events WHERE name = 'order.confirmed'"


@dataclass(slots=True)
class Report:
    kills: Counter[str] = field(default_factory=Counter)
    violations: int = 0
    put_down: dict[str, int] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    effects: list[int] = field(default_factory=list)
    caught_up_s: list[float] = field(default_factory=list)

    @property
    def lost(self) -> int:
        return len(set(self.put_down) - self.done) + len(
            set(self.put_down.values()) - set(self.effects)
        )

    @property
    def twice(self) -> int:
        return len(self.effects) - len(set(self.effects))

    def __str__(self) -> str:
        return (
            f"{', '.join(f'{name} {times} times' for name, times in self.kills.items())} killed; "
            f"{len(self.put_down)} tasks put down, {len(self.done)} done, "
            f"{len(set(self.effects))} orders confirmed, {self.lost} lost, {self.twice} twice, "
            f"{self.violations} audit violations; caught up after a kill within "
            f"{statistics.median(self.caught_up_s):.1f} s (median), {max(self.caught_up_s):.1f} s (most)"
        )


class WorkerStorm:
    def __init__(
        self,
        backend: str,
        settings: dict[str, str],
        directory: Path,
        *,
        redis: RedisServer | None,
        postgres: EmbeddedPostgres | None,
    ) -> None:
        self._kind = "worker" if backend == "embedded" else backend
        self._settings = {**settings, **_LEASE}
        self._redis = redis
        self._postgres = postgres
        self._log = directory / f"{backend}.log"
        self._database = patient_database(settings["DATABASE_URL"])
        self._over = False
        self._victims: dict[str, Callable[[float], Awaitable[None]]] = {
            "workers": self._without_worker
        }
        if redis:
            self._victims["Redis"] = self._without_redis
        if postgres:
            self._victims["PostgreSQL"] = self._without_postgres
        self.report = Report()

    async def run(self, shop: Shop, kills: int, chance: Random) -> Report:
        product = await shop.product("STORM", stock=1_000_000)
        self._worker = self._started()
        load = asyncio.create_task(self._put_down(shop, product))
        try:
            for _ in range(kills):
                await asyncio.sleep(chance.uniform(0.2, 2.0))
                before, at = set(self.report.put_down), time.monotonic()
                name = chance.choice(list(self._victims))
                self.report.kills[name] += 1
                await self._victims[name](chance.uniform(0.2, 2.0))
                await self._caught_up(before)
                self.report.caught_up_s.append(time.monotonic() - at)
            self._over = True
            await load
            await self._caught_up(set(self.report.put_down))
        finally:
            load.cancel()
            self._worker.kill()
            await self._reckon(self._database)
        return self.report

    def _started(self) -> WorkerProcess:
        return WorkerProcess(self._kind, self._log, **self._settings)

    async def _without_worker(self, away_s: float) -> None:  # noqa: ARG002 - another one comes at once
        self._worker.kill()
        self._worker = self._started()

    async def _without_redis(self, away_s: float) -> None:
        assert self._redis is not None
        self._redis.kill()
        await asyncio.sleep(away_s)
        self._redis.start()

    async def _without_postgres(self, away_s: float) -> None:
        assert self._postgres is not None
        await asyncio.to_thread(self._postgres.crash)
        await asyncio.sleep(away_s)
        await asyncio.to_thread(self._postgres.start, self._postgres.port)

    async def _put_down(self, shop: Shop, product: int) -> None:
        for number in count():
            if self._over:
                return
            order = await _granted(
                shop, "/api/v1/orders", shop.order_for(product), f"order-{number}"
            )
            path = f"/api/v1/orders/{order['id']}/process"
            task = await _granted(shop, path, None, f"process-{number}")
            self.report.put_down[task["task_id"]] = order["id"]
            await asyncio.sleep(_EVERY_S)

    async def _caught_up(self, put_down: set[str]) -> None:
        async with asyncio.timeout(_CAUGHT_UP_WITHIN_S):
            while put_down - await self._done():
                await asyncio.sleep(0.1)

    async def _done(self) -> set[str]:
        try:
            return {str(row[0]) for row in await rows(self._database, _DONE)}
        except (DBAPIError, OSError):
            return set()  # its connections ended with the server

    async def _reckon(self, database: Database) -> None:
        self.report.done = await self._done() & set(self.report.put_down)
        self.report.effects = [int(str(row[0])) for row in await rows(database, _EFFECTS)]
        await database.dispose()


async def _granted(shop: Shop, path: str, body: object, key: str) -> Any:
    """Asked again with the same key, as clients do, for as long as the service asks for patience."""
    headers = {"Idempotency-Key": key}
    async with asyncio.timeout(_CAUGHT_UP_WITHIN_S):
        while True:
            response = await shop.client.post(path, json=body, headers=headers)
            if response.is_success:
                return response.json()
            assert "Retry-After" in response.headers, response.text
            await asyncio.sleep(0.1)


async def storm(
    backend: str,
    url: str,
    directory: Path,
    *,
    postgres: EmbeddedPostgres | None,
    kills: int,
    chance: Random,
) -> Report:
    await migrate.upgrade(url)
    async with AsyncExitStack() as stack:
        redis = stack.enter_context(redis_server()) if backend != "embedded" else None
        data = directory / f"{backend}-data"
        redis_url = {"redis_url": redis.url} if redis else {}
        service = await stack.enter_async_context(
            Service.running(
                url,
                data,
                task_backend=backend,
                background_work=redis is not None,  # else it would leave a worker nothing to do
                log_level="ERROR",
                **redis_url,
            )
        )
        settings = {
            "DATABASE_URL": url,
            "DATA_DIR": str(data),
            "TASK_BACKEND": backend,
            **{name.upper(): text for name, text in redis_url.items()},
        }
        shop = await Shop.open(await service.client())
        made = WorkerStorm(backend, settings, directory, redis=redis, postgres=postgres)
        report = await made.run(shop, kills, chance)
        report.violations = len((await audit(service.container.auditor())).violations)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--backends", default="embedded,arq,celery")
    parser.add_argument("--databases", default="sqlite,postgresql")
    chosen = parser.parse_args()
    for backend in chosen.backends.split(","):
        for kind in chosen.databases.split(","):
            report = asyncio.run(_on(backend, kind, chosen.kills, chosen.seed))
            print(f"{backend}, {kind}: {report}", flush=True)  # noqa: T201
            if report.lost or report.twice or report.violations:
                raise SystemExit(1)


async def _on(backend: str, kind: str, kills: int, seed: int) -> Report:
    chance = Random(seed)  # noqa: S311 - it only says when to hit, and whom
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        # Durable: a server that is killed loses nothing that it said is committed.
        postgres = (
            stack.enter_context(EmbeddedPostgres(durable=True)) if kind == "postgresql" else None
        )
        url = postgres.url() if postgres else f"sqlite+aiosqlite:///{directory}/workers.db"
        return await storm(backend, url, directory, postgres=postgres, kills=kills, chance=chance)


if __name__ == "__main__":
    main()
