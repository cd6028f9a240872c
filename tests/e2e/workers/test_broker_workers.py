"""Real workers of ARQ and Celery beside a real Redis that is flushed and killed."""

import asyncio
import base64
import json
import pickle
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from redis import Redis

from orderwright.infrastructure.messaging import arq_queue, celery_queue
from tests.e2e.api.service import Service
from tests.redis_server import RedisServer
from tests.shop import Shop
from tests.worker_process import worker_process

_DEADLINE_S: Final = 60.0


@dataclass
class Deployment:
    """A server in this process and a worker in its own; `settings` are what they share."""

    backend: str
    service: Service
    shop: Shop
    product: int
    directory: Path
    settings: dict[str, str]

    def worker(self, **settings: str) -> Any:
        log = self.directory / "worker.log"
        return worker_process(self.backend, log, **self.settings, **settings)

    async def process(self) -> str:
        order = await self.shop.placed(self.product)
        response = await self.shop.client.post(f"/api/v1/orders/{order['id']}/process")
        assert response.status_code == 202, response.text
        assert response.json()["job_id"] == response.json()["task_id"]
        task_id: str = response.json()["task_id"]
        return task_id

    async def until(self, task_id: str, state: str) -> dict[str, Any]:
        async with asyncio.timeout(_DEADLINE_S):
            while True:
                task = await self.shop.get(f"/api/v1/tasks/{task_id}")
                if task["state"] == state:
                    return dict(task)
                await asyncio.sleep(0.05)

    async def told(self, redis: RedisServer) -> None:
        """Until the broker has heard of what waits."""
        async with asyncio.timeout(_DEADLINE_S):
            while not redis.keys():
                await asyncio.sleep(0.02)


# ARQ beside SQLite and Celery beside PostgreSQL: each broker, and each database.
@pytest.fixture(params=[("arq", "sqlite"), ("celery", "postgresql")], ids=lambda it: it[0])
def backend(request: pytest.FixtureRequest) -> tuple[str, str]:
    backend, database = request.param
    return backend, request.getfixturevalue(f"{database}_url")


@pytest.fixture
async def deployment(
    backend: tuple[str, str], redis: RedisServer, tmp_path: Path
) -> AsyncIterator[Deployment]:
    backend_name, url = backend
    settings = {
        "DATABASE_URL": url,
        "DATA_DIR": str(tmp_path / "data"),
        "TASK_BACKEND": backend_name,
        "REDIS_URL": redis.url,
    }
    async with Service.running(
        settings["DATABASE_URL"], tmp_path / "data", task_backend=backend_name, redis_url=redis.url
    ) as service:
        shop = await Shop.open(await service.client())
        product = await shop.product("A", stock=100)
        yield Deployment(backend_name, service, shop, product, tmp_path, settings)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


async def test_nothing_is_lost_with_the_broker(deployment: Deployment, redis: RedisServer) -> None:
    before = await deployment.process()
    await deployment.told(redis)
    redis.flush()
    marker = deployment.directory / "planted"
    plant_pickles(redis, marker)
    port = free_port()
    with deployment.worker(WORKER_METRICS_PORT=str(port)) as worker:
        # Swept out of the database, then told by the broker.
        await deployment.until(before, "succeeded")
        assert (await deployment.until(await deployment.process(), "succeeded"))["attempts"] == 1
        assert worker.process.poll() is None
        if deployment.backend == "arq":  # several processes of Celery would need several ports
            async with httpx2.AsyncClient() as client:
                shown = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
            assert 'payment_requests_total{outcome="succeeded"} 2.0' in shown

        redis.kill()
        meanwhile = await deployment.process()
        await deployment.until(meanwhile, "succeeded")

        redis.start()
        await deployment.until(await deployment.process(), "succeeded")
        assert worker.terminate() == 0
    assert not marker.exists()


async def test_another_worker_goes_on_where_one_was_killed(deployment: Deployment) -> None:
    lease = {"TASK_LEASE_SECONDS": "3", "PAYMENT_TIMEOUT_SECONDS": "2"}
    with deployment.worker(**lease, CRASH_POINTS="job.after_attempt_commit:hang") as stuck:
        task_id = await deployment.process()
        await deployment.until(task_id, "running")
        stuck.kill()

    with deployment.worker(**lease):
        task = await deployment.until(task_id, "succeeded")

    assert task["attempts"] == 2


async def test_a_worker_ends_in_order_while_redis_is_away(
    deployment: Deployment, redis: RedisServer
) -> None:
    with deployment.worker() as worker:
        await deployment.until(await deployment.process(), "succeeded")
        redis.kill()

        assert worker.terminate() == 0


@pytest.mark.long
async def test_a_worker_ends_in_order_while_redis_hangs(
    deployment: Deployment, redis: RedisServer
) -> None:
    with deployment.worker() as worker:
        await deployment.until(await deployment.process(), "succeeded")
        redis.freeze()

        assert worker.terminate() == 0


class _Planted:
    """What it does when it is unpickled would be seen."""

    def __init__(self, file: str) -> None:
        self._file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(self._file),)


def plant_pickles(redis: RedisServer, marker: Path) -> None:
    planted = pickle.dumps({"f": "run_task", "a": _Planted(str(marker))})
    message = {
        "body": base64.b64encode(planted).decode(),
        "content-type": "application/x-python-serialize",
        "content-encoding": "binary",
        "headers": {"task": celery_queue.RUN_TASK, "id": "planted", "lang": "py"},
        "properties": {
            "body_encoding": "base64",
            "delivery_tag": "planted",
            "delivery_info": {"exchange": "", "routing_key": celery_queue.QUEUE},
        },
    }
    with Redis.from_url(redis.url) as client:
        client.set("arq:job:planted", planted)
        client.zadd(arq_queue.QUEUE, {"planted": 1})
        client.lpush(celery_queue.QUEUE, json.dumps(message))
