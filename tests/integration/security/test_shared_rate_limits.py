"""Counting for several processes in a real Redis, and what becomes of it when that is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from orderwright.domain.value_objects.rate import Rate
from orderwright.infrastructure.security.rate_limits import (
    COOL_DOWN_S,
    LocalRateLimiter,
    SharedRateLimiter,
    build_rate_limiter,
)
from tests.redis_server import RedisServer

FIVE_A_DAY = Rate(5, 86_400)


class Watch:
    def __init__(self) -> None:
        self.s = 1_000_000.0

    def __call__(self) -> float:
        return self.s


@asynccontextmanager
async def limiter(url: str, watch: Watch | None = None) -> AsyncIterator[SharedRateLimiter]:
    built = build_rate_limiter(url, watch or Watch())
    assert isinstance(built, SharedRateLimiter)
    yield built
    await built.close()


async def grants(limiter: SharedRateLimiter, times: int = 8, who: str = "ada") -> int:
    return sum([(await limiter.take(who, FIVE_A_DAY)).is_granted for _ in range(times)])


async def test_processes_share_one_budget(redis_url: str) -> None:
    async with limiter(redis_url) as one, limiter(redis_url) as other:
        assert await grants(one, 3) == 3
        left = await other.take("ada", FIVE_A_DAY)
        assert (left.is_granted, left.remaining) == (True, 1)
        assert 86_390 < left.renewed_in_s <= 86_400
        assert await grants(other) == 1
        refused = await one.take("ada", FIVE_A_DAY)
        assert (refused.is_granted, refused.remaining) == (False, 0)
        assert await grants(one, who="bob") == 5


async def test_together_many_at_once_get_no_more_than_the_rate(redis_url: str) -> None:
    async with limiter(redis_url) as one, limiter(redis_url) as other:
        answers = await asyncio.gather(
            *(each.take("ada", FIVE_A_DAY) for each in (one, other) for _ in range(10))
        )

    assert sum(answer.is_granted for answer in answers) == 5


async def test_nothing_stays_in_redis_for_longer_than_two_windows(redis: RedisServer) -> None:
    async with limiter(redis.url) as shared:
        await shared.take("ada", FIVE_A_DAY)

    [(key, expires_in_s)] = redis.keys().items()
    assert key == "orderwright:{rate/5/86400/ada}"
    assert 0 < expires_in_s <= 2 * 86_400


async def test_without_redis_it_goes_on_limiting_by_what_it_has_seen_itself(
    redis: RedisServer,
) -> None:
    watch = Watch()
    async with limiter(redis.url, watch) as shared:
        assert await grants(shared, 4) == 4
        redis.kill()

        with capture_logs() as logs:
            assert await grants(shared) == 1  # not five once more
            assert await grants(shared, who="bob") == 5
        assert [each["event"] for each in logs] == ["rate_limits.storage_failed"]

        redis.start()
        watch.s += COOL_DOWN_S
        with capture_logs() as logs:
            assert await grants(shared, who="eve") == 5
        assert [each["event"] for each in logs] == ["rate_limits.storage_answers_again"]
        assert list(redis.keys()) == ["orderwright:{rate/5/86400/eve}"]


async def test_a_redis_that_never_answers_is_asked_once_in_a_while() -> None:
    asked = 0

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    watch = Watch()
    async with server, limiter(f"redis://127.0.0.1:{port}/0", watch) as shared:
        assert await grants(shared, 50) == 5
        assert asked == 1

        watch.s += COOL_DOWN_S
        await asyncio.gather(*(shared.take("bob", FIVE_A_DAY) for _ in range(20)))
        assert asked == 2


async def test_a_redis_that_is_full_or_refuses_is_as_good_as_none(redis: RedisServer) -> None:
    from redis.asyncio import Redis  # noqa: PLC0415

    async with Redis.from_url(redis.url) as client:
        await client.config_set("maxmemory", 1)
        await client.config_set("maxmemory-policy", "noeviction")

    async with limiter(redis.url) as shared:
        with capture_logs() as logs:
            assert await grants(shared) == 5
    assert [(each["event"], each["reason"]) for each in logs] == [
        ("rate_limits.storage_failed", "OutOfMemoryError")
    ]


def test_without_a_redis_each_process_counts_for_itself() -> None:
    assert isinstance(build_rate_limiter(None, Watch()), LocalRateLimiter)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis://nowhere.invalid:6379/0"])
async def test_nothing_there_from_the_start_limits_too(url: str) -> None:
    async with limiter(url) as shared:
        assert await grants(shared) == 5
