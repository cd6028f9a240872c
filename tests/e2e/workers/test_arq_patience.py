"""A worker of ARQ whose Redis goes away at the worst moment."""

import asyncio
from typing import Any, cast

from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from orderwright.infrastructure.messaging.arq_patience import make_patient
from tests.redis_server import RedisServer

_DEADLINE_S = 30.0


async def nothing(_ctx: dict[str, Any]) -> None:
    pass


async def test_a_worker_outlives_a_redis_that_goes_while_it_is_asked_who_has_a_job(
    redis: RedisServer,
) -> None:
    pool = ArqRedis(ConnectionPool.from_url(redis.url, retry=Retry(NoBackoff(), 3)))
    make_patient(pool)
    await pool.enqueue_job("nothing")
    patient, asked = pool.pipeline, 0

    def pipeline(*arguments: Any, **options: Any) -> Any:
        pipe = patient(*arguments, **options)
        exists = pipe.exists

        async def gone_meanwhile(key: str) -> Any:
            nonlocal asked
            asked += 1
            redis.kill()
            answer = await exists(key)
            redis.start()
            return answer

        pipe.exists = gone_meanwhile  # type: ignore[method-assign, assignment]
        return pipe

    pool.pipeline = pipeline  # type: ignore[method-assign]
    worker = Worker(
        [func(cast("Any", nothing))],
        redis_pool=pool,
        handle_signals=False,
        burst=True,
        poll_delay=0,
    )
    async with asyncio.timeout(_DEADLINE_S):
        await worker.async_run()
    await pool.aclose(close_connection_pool=True)

    assert (asked, worker.jobs_failed) == (1, 0)
