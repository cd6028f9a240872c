from __future__ import annotations

from typing import Final

_TIMEOUT_S: Final = 1.0


class RedisAnswers:
    """Whether the Redis that processes share is there; it is asked on a connection of its own."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __call__(self) -> bool:
        from redis import RedisError  # noqa: PLC0415 - an extra
        from redis.asyncio import Redis  # noqa: PLC0415

        redis = Redis.from_url(
            self._url, socket_connect_timeout=_TIMEOUT_S, socket_timeout=_TIMEOUT_S
        )
        try:
            async with redis:
                await redis.ping()
        except (RedisError, OSError):
            return False
        return True
