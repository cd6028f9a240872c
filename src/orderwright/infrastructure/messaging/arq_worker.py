"""`arq orderwright.infrastructure.messaging.arq_worker.WorkerSettings`: a worker beside Redis."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any, ClassVar, Final

from arq.connections import RedisSettings
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisGone
from redis.exceptions import TimeoutError as RedisTooSlow

from orderwright.config import get_settings
from orderwright.container import build_container, configure_log, working_for_a_broker
from orderwright.infrastructure.messaging.arq_queue import QUEUE, RUN_TASK, from_json, to_json

# How long a Redis may be away before the worker ends, for whoever looks after it to start again.
_PATIENCE_S: Final = 300
_DRAIN_S: Final = 5
_LIMIT_MARGIN_S: Final = 10.0
_settings: Final = get_settings()


async def run_task(ctx: dict[str, Any], task_id: str) -> None:
    await ctx["runner"].run_waiting(task_id)


async def _open(ctx: dict[str, Any]) -> None:
    configure_log(_settings)
    ctx["open"] = AsyncExitStack()
    container = build_container(_settings)
    ctx["runner"] = await ctx["open"].enter_async_context(working_for_a_broker(container))


async def _close(ctx: dict[str, Any]) -> None:
    await ctx["open"].aclose()


def _redis(url: str) -> RedisSettings:
    found = RedisSettings.from_dsn(url)
    found.conn_timeout = 2
    found.conn_retries = _PATIENCE_S
    found.conn_retry_delay = 1
    found.retry = Retry(ConstantBackoff(1.0), _PATIENCE_S)
    found.retry_on_error = [RedisGone, RedisTooSlow]
    return found


class WorkerSettings:
    """What became of a task is in the database: ARQ keeps no results, and tries nothing again."""

    functions: ClassVar = [run_task]
    queue_name = QUEUE
    redis_settings = _redis(_settings.redis_url.get_secret_value()) if _settings.redis_url else None
    on_startup = _open
    on_shutdown = _close
    job_serializer = to_json
    job_deserializer = from_json
    max_jobs = 10
    job_timeout = _settings.task_time_limit_seconds + _LIMIT_MARGIN_S
    job_completion_wait = _DRAIN_S
    keep_result = 0
    retry_jobs = False
    poll_delay = 0.1


assert run_task.__name__ == RUN_TASK  # noqa: S101 - ARQ finds it by its name
