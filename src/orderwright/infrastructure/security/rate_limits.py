"""Sliding windows: what was used in the last window counts less and less as this one goes by."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import floor
from typing import Any, Final

import structlog

from orderwright.domain.interfaces.rate_limits import Allowance
from orderwright.domain.value_objects.rate import Rate

# About 15 MB. Whoever comes from more addresses than this is not stopped by counting addresses.
CALLERS_MAX: Final = 50_000
# What a request may lose by asking a Redis that does not answer ...
ANSWER_WITHIN_S: Final = 0.25
# ... and for how long the next ones do not even ask.
COOL_DOWN_S: Final = 5.0
CONNECTIONS_MAX: Final = 50

log = structlog.get_logger(__name__)


class StorageFailed(Exception):
    """The shared counters cannot be reached, or do not answer in time."""


@dataclass(frozen=True, slots=True)
class Usage:
    current: int
    current_ends_in_s: float
    previous: int
    previous_fades_in_s: float

    def allowance(self, rate: Rate, *, is_granted: bool) -> Allowance:
        faded = floor(self.previous * self.previous_fades_in_s / rate.seconds)
        remaining = max(0, rate.amount - faded - self.current)
        renewed_in_s = self.current_ends_in_s if is_granted else self._next_grant_in_s(rate)
        return Allowance(is_granted, remaining, renewed_in_s)

    def _next_grant_in_s(self, rate: Rate) -> float:
        if self.current >= rate.amount or not self.previous:
            return self.current_ends_in_s
        enough_fades_at = rate.seconds * (rate.amount - self.current) / self.previous
        return max(0.0, self.previous_fades_in_s - enough_fades_at)


class LocalRateLimiter:
    """Counts in this process, for the callers seen last. The window is that of `limits`, whose own
    memory storage keeps every caller it has ever seen until a thread of its own finds it expired."""

    def __init__(self, now: Callable[[], float], callers_max: int = CALLERS_MAX) -> None:
        self._now = now
        self._callers_max = callers_max
        # Number of the window, used in it, used in the one before; seen least recently first.
        self._used: OrderedDict[tuple[str, Rate], tuple[int, int, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._used)

    async def close(self) -> None:
        """Nothing is open."""

    async def take(self, who: str, rate: Rate) -> Allowance:
        window, gone_s = divmod(self._now(), rate.seconds)
        current, previous = self._used_until(int(window), (who, rate))
        left_s = rate.seconds - gone_s
        is_granted = floor(previous * left_s / rate.seconds) + current < rate.amount
        current += is_granted
        self._keep((who, rate), (int(window), current, previous))
        return Usage(current, left_s, previous, left_s).allowance(rate, is_granted=is_granted)

    def _used_until(self, window: int, key: tuple[str, Rate]) -> tuple[int, int]:
        then, current, previous = self._used.get(key, (window, 0, 0))
        match window - then:
            case 0:
                return current, previous
            case 1:
                return 0, current
            case _:
                return 0, 0

    def _keep(self, key: tuple[str, Rate], used: tuple[int, int, int]) -> None:
        self._used[key] = used
        self._used.move_to_end(key)
        if len(self._used) > self._callers_max:
            self._used.popitem(last=False)


class RedisRateLimiter:
    """Counts for all processes that share a Redis."""

    def __init__(self, url: str) -> None:
        # Loaded only where there is a Redis: together they take a quarter of a second.
        from limits.aio.storage import RedisStorage  # noqa: PLC0415
        from redis import RedisError  # noqa: PLC0415
        from redis.asyncio import BlockingConnectionPool  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415

        self._failures = (RedisError, OSError, TimeoutError)
        self._pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS_MAX,
            # Once, for a connection that Redis has closed in the meantime.
            retry=Retry(NoBackoff(), 1),
        )
        options: dict[str, Any] = {"connection_pool": self._pool}
        self._storage = RedisStorage(
            f"async+{url}", implementation="redispy", key_prefix="orderwright", **options
        )

    async def take(self, who: str, rate: Rate) -> Allowance:
        """Raises: StorageFailed."""
        key = f"rate/{rate.amount}/{rate.seconds}/{who}"
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                is_granted = await self._storage.acquire_sliding_window_entry(
                    key, rate.amount, rate.seconds
                )
                used = await self._storage.get_sliding_window(key, rate.seconds)
        except self._failures as failure:
            raise StorageFailed(type(failure).__name__) from failure
        previous, previous_fades_in_s, current, current_expires_in_s = used
        ends_in_s = max(0.0, current_expires_in_s - rate.seconds)  # it is kept for one more window
        usage = Usage(current, ends_in_s, previous, previous_fades_in_s)
        return usage.allowance(rate, is_granted=is_granted)

    async def close(self) -> None:
        await self._pool.aclose()


class SharedRateLimiter:
    """Shared counters while they answer, and this process's own while they don't: never none."""

    def __init__(
        self, shared: RedisRateLimiter, local: LocalRateLimiter, now: Callable[[], float]
    ) -> None:
        self._shared = shared
        self._local = local
        self._now = now
        self._failed_at: float | None = None

    async def take(self, who: str, rate: Rate) -> Allowance:
        # Always, so that an outage does not hand out everything once more.
        local = await self._local.take(who, rate)
        if not self._may_ask():
            return local
        asked_at = self._now()
        try:
            shared = await self._shared.take(who, rate)
        except StorageFailed as failure:
            self._note_failure(failure)
            return local
        self._note_success(asked_at)
        return shared

    async def close(self) -> None:
        await self._shared.close()

    def _may_ask(self) -> bool:
        if self._failed_at is None:
            return True
        if self._now() < self._failed_at + COOL_DOWN_S:
            return False
        self._failed_at = self._now()  # one request tries for all
        return True

    def _note_failure(self, failure: StorageFailed) -> None:
        if self._failed_at is None:
            log.warning("rate_limits.storage_failed", reason=str(failure))
        self._failed_at = self._now()

    def _note_success(self, asked_at: float) -> None:
        # An answer to what was asked before the failure proves nothing about now.
        if self._failed_at is not None and asked_at >= self._failed_at:
            log.info("rate_limits.storage_answers_again")
            self._failed_at = None


def build_rate_limiter(
    redis_url: str | None, now: Callable[[], float]
) -> LocalRateLimiter | SharedRateLimiter:
    local = LocalRateLimiter(now)
    return SharedRateLimiter(RedisRateLimiter(redis_url), local, now) if redis_url else local


def rates_by_policy(is_enabled: bool, **rates: str) -> Mapping[str, Rate]:  # noqa: FBT001
    """A policy that is missing limits nothing."""
    return {name: Rate.parse(rate) for name, rate in rates.items()} if is_enabled else {}
