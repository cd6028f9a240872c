"""`python -m tests.chaos.workers --kills 30`: workers of brokers and their Redis are killed at random.

Promise: each task that was put down is done, and its effect is there once.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

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
    worker_kills: int = 0
    redis_kills: int = 0
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
            f"{self.worker_kills} workers and {self.redis_kills} times Redis killed, "
            f"{len(self.put_down)} tasks put down, {len(self.done)} done, "
            f"{len(set(self.effects))} orders confirmed, {self.lost} lost, {self.twice} twice, "
            f"{self.violations} audit violations; caught up after a kill within "
            f"{statistics.median(self.caught_up_s):.1f} s (median), {max(self.caught_up_s):.1f} s (most)"
        )


class WorkerStorm:
    def __init__(
        self, backend: str, settings: dict[str, str], redis: RedisServer, directory: Path
    ) -> None:
        self._backend = backend
        self._settings = {**settings, **_LEASE}
        self._redis = redis
        self._log = directory / "worker.log"
        self._database = patient_database(settings["DATABASE_URL"])
        self._over = False
        self.report = Report()

    async def run(self, shop: Shop, kills: int, chance: Random) -> Report:
        product = await shop.product("STORM", stock=1_000_000)
        worker = self._started()
        load = asyncio.create_task(self._put_down(shop, product))
        try:
            for _ in range(kills):
                await asyncio.sleep(chance.uniform(0.2, 2.0))
                before, at = set(self.report.put_down), time.monotonic()
                if chance.random() < 0.5:
                    worker = self._another_for(worker)
                else:
                    await self._without_redis(chance.uniform(0.2, 2.0))
                await self._caught_up(before)
                self.report.caught_up_s.append(time.monotonic() - at)
            self._over = True
            await load
            await self._caught_up(set(self.report.put_down))
        finally:
            load.cancel()
            worker.kill()
            await self._reckon(self._database)
        return self.report

    def _started(self) -> WorkerProcess:
        return WorkerProcess(self._backend, self._log, **self._settings)

    def _another_for(self, worker: WorkerProcess) -> WorkerProcess:
        worker.kill()
        self.report.worker_kills += 1
        return self._started()

    async def _without_redis(self, for_s: float) -> None:
        self._redis.kill()
        self.report.redis_kills += 1
        await asyncio.sleep(for_s)
        self._redis.start()

    async def _put_down(self, shop: Shop, product: int) -> None:
        while not self._over:
            order = await shop.placed(product)
            response = await shop.client.post(f"/api/v1/orders/{order['id']}/process")
            assert response.status_code == 202, response.text
            self.report.put_down[response.json()["task_id"]] = order["id"]
            await asyncio.sleep(_EVERY_S)

    async def _caught_up(self, put_down: set[str]) -> None:
        async with asyncio.timeout(_CAUGHT_UP_WITHIN_S):
            while put_down - await self._done():
                await asyncio.sleep(0.1)

    async def _done(self) -> set[str]:
        return {str(row[0]) for row in await rows(self._database, _DONE)}

    async def _reckon(self, database: Database) -> None:
        self.report.done = await self._done() & set(self.report.put_down)
        self.report.effects = [int(str(row[0])) for row in await rows(database, _EFFECTS)]
        await database.dispose()


async def storm(backend: str, url: str, directory: Path, kills: int, seed: int) -> Report:
    await migrate.upgrade(url)
    chance = Random(seed)  # noqa: S311 - it only says when to hit, and whom
    async with AsyncExitStack() as stack:
        redis = stack.enter_context(redis_server())
        data = directory / f"{backend}-data"
        service = await stack.enter_async_context(
            Service.running(url, data, task_backend=backend, redis_url=redis.url, log_level="ERROR")
        )
        settings = {
            "DATABASE_URL": url,
            "DATA_DIR": str(data),
            "TASK_BACKEND": backend,
            "REDIS_URL": redis.url,
        }
        shop = await Shop.open(await service.client())
        report = await WorkerStorm(backend, settings, redis, directory).run(shop, kills, chance)
        report.violations = len((await audit(service.container.auditor())).violations)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, EmbeddedPostgres() as postgres:
        sqlite = f"sqlite+aiosqlite:///{directory}/workers.db"
        for backend, url in (("arq", sqlite), ("celery", postgres.url())):
            report = asyncio.run(storm(backend, url, Path(directory), chosen.kills, chosen.seed))
            print(f"{backend}, {url.partition('+')[0]}: {report}", flush=True)  # noqa: T201
            if report.lost or report.twice or report.violations:
                raise SystemExit(1)


if __name__ == "__main__":
    main()
