"""ARQ as a way to tell workers which task waits: the message is a name and an id, in JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from arq.connections import ArqRedis
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from orderwright.domain.interfaces.task_queue import WaitingTask

QUEUE: Final = "orderwright:tasks"
RUN_TASK: Final = "run_task"
_TIMEOUT_S: Final = 2.0
_EXPIRES_S: Final = 3600


def to_json(value: dict[str, Any]) -> bytes:
    """What ARQ would pickle: whoever could write to Redis could then run code in every worker."""
    return json.dumps(value, default=str).encode()


def from_json(text: bytes) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(text)
    return value


class ArqBroker:
    """One pool a process. A job has the id of its task and claim, so it is in the queue only once."""

    def __init__(self, redis_url: str) -> None:
        pool = BlockingConnectionPool.from_url(
            redis_url,
            max_connections=2,
            timeout=_TIMEOUT_S,
            socket_connect_timeout=_TIMEOUT_S,
            socket_timeout=_TIMEOUT_S,
            retry=Retry(NoBackoff(), 1),  # a connection from before a restart
        )
        self._redis = ArqRedis(pool, job_serializer=to_json, default_queue_name=QUEUE)

    async def publish(self, tasks: Sequence[WaitingTask]) -> None:
        for task in tasks:
            await self._redis.enqueue_job(
                RUN_TASK, task.id, _job_id=f"{task.id}:{task.fence}", _expires=_EXPIRES_S
            )

    async def probe(self) -> None:
        await self._redis.ping()

    async def close(self) -> None:
        await self._redis.aclose(close_connection_pool=True)
