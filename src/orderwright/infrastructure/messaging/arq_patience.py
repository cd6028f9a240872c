"""ARQ beside a Redis that goes away for a moment."""

from __future__ import annotations

from typing import Any, Final

from arq.connections import ArqRedis
from redis.asyncio.client import Pipeline
from redis.exceptions import WatchError

_IT_EXISTS: Final = 1


class _PatientPipeline(Pipeline):
    """Before ARQ takes a job it asks, under WATCH, whether another worker has it. A connection that is
    lost in between is retried by nobody, and would end the worker: it hears instead that the job is
    taken, and looks again with its next poll."""

    async def immediate_execute_command(self, *args: Any, **options: Any) -> Any:
        try:
            return await super().immediate_execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except WatchError:
            return _IT_EXISTS if args[0] == "EXISTS" else None


def make_patient(redis: ArqRedis) -> None:
    def pipeline(transaction: bool = True, shard_hint: str | None = None) -> Pipeline:  # noqa: FBT001, FBT002 - as in Redis
        return _PatientPipeline(
            redis.connection_pool, redis.response_callbacks, transaction, shard_hint
        )

    redis.pipeline = pipeline  # type: ignore[method-assign]
