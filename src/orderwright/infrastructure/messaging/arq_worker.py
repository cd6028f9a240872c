"""`arq orderwright.infrastructure.messaging.arq_worker.WorkerSettings`: a worker beside Redis."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from typing import Any, ClassVar, Final, cast

from arq.connections import RedisSettings
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisGone
from redis.exceptions import TimeoutError as RedisTooSlow

from orderwright.config import get_settings
from orderwright.container import build_container, configure_log, working_for_a_broker
from orderwright.infrastructure.messaging.arq_patience import make_patient
from orderwright.infrastructure.messaging.arq_queue import QUEUE, RUN_TASK, from_json, to_json

# How long a Redis may be away before the worker ends, for whoever looks after it to start again.
_PATIENCE_S: Final = 300
_DRAIN_S: Final = 5.0
# From a signal until the worker leaves, whatever ARQ still has to tell a Redis that is away: how a
# task ended is in the database, and what a message says twice is done once.
_LEAVE_S: Final = 6.0
_CLOSE_S: Final = 1.5
_LIMIT_MARGIN_S: Final = 10.0
_settings: Final = get_settings()


async def run_task(ctx: dict[str, Any], task_id: str) -> None:
    this = asyncio.current_task()
    ctx["running"].add(this)
    try:
        await ctx["runner"].run_waiting(task_id)
    finally:
        ctx["running"].discard(this)


async def _open(ctx: dict[str, Any]) -> None:
    configure_log(_settings)
    make_patient(ctx["redis"])
    ctx["open"], ctx["running"] = AsyncExitStack(), set()
    container = build_container(_settings)
    if _settings.worker_metrics_port is not None:
        shown = container.metrics().served(
            _settings.worker_metrics_host, _settings.worker_metrics_port
        )
        ctx["open"].enter_context(shown)
    ctx["runner"] = await ctx["open"].enter_async_context(working_for_a_broker(container))
    taking = cast("asyncio.Task[None]", asyncio.current_task())
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, _end, ctx, taking)


async def _close(ctx: dict[str, Any]) -> None:
    await ctx["open"].aclose()


def _end(ctx: dict[str, Any], taking: asyncio.Task[None]) -> None:
    """Instead of what ARQ does on a signal, which waits for Redis as long as it does while it works."""
    taking.cancel()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):  # a second one must not turn 0 into 143
        loop.remove_signal_handler(each)
        signal.signal(each, signal.SIG_IGN)
    loop.call_later(_DRAIN_S, _cut_off, ctx)
    loop.call_later(_LEAVE_S, lambda: ctx.update(leaving=loop.create_task(_leave(ctx))))


def _cut_off(ctx: dict[str, Any]) -> None:
    for each in list(ctx["running"]):
        each.cancel()


async def _leave(ctx: dict[str, Any]) -> None:
    try:
        async with asyncio.timeout(_CLOSE_S):
            await _close(ctx)
    finally:
        os._exit(0)


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
    keep_result = 0
    retry_jobs = False
    poll_delay = 0.1
    # What killed workers had in hand stands at the head of the queue until ARQ takes it for given up,
    # after the time limit. It must not be all that is looked at.
    queue_read_limit = 1_000


assert run_task.__name__ == RUN_TASK  # noqa: S101 - ARQ finds it by its name
