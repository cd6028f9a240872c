"""Whether a dependency answers: asked seldom, and told from memory while it does not."""

import asyncio

import pytest

from orderwright.domain.interfaces.dependencies import Reachability
from orderwright.infrastructure.resilience.failures import NotSent
from orderwright.infrastructure.system.watched_dependency import NotServed, WatchedDependency
from tests.unit.infrastructure.resilience.passing_time import NOON, PassingTime


class Gateway:
    def __init__(self, time: PassingTime) -> None:
        self._time = time
        self.asked = 0
        self.failure: Exception | None = None

    async def probe(self) -> None:
        self.asked += 1
        await self._time.sleep(0.0125)
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def time() -> PassingTime:
    return PassingTime()


@pytest.fixture
def gateway(time: PassingTime) -> Gateway:
    return Gateway(time)


@pytest.fixture
def watched(gateway: Gateway, time: PassingTime) -> WatchedDependency:
    return WatchedDependency(
        "payments", gateway.probe, provider="http", now=time.now, monotonic=time.monotonic
    )


async def test_however_many_want_to_know_it_is_asked_once_a_second(
    watched: WatchedDependency, gateway: Gateway, time: PassingTime
) -> None:
    told = await asyncio.gather(*(watched.reachability() for _ in range(20)))

    assert gateway.asked == 1
    assert set(told) == {
        Reachability(
            name="payments",
            provider="http",
            reachable=True,
            latency_ms=12.5,
            as_of=NOON,
            age_s=0.0,
        )
    }
    time.passed_s += 1
    await watched.reachability()
    assert gateway.asked == 2


async def test_while_it_fails_the_last_answer_is_told_until_that_is_too_old(
    watched: WatchedDependency, gateway: Gateway, time: PassingTime
) -> None:
    await watched.reachability()
    gateway.failure = NotSent("ConnectError")

    time.passed_s = 299.5
    stale = await watched.reachability()
    time.passed_s = 301
    gone = await watched.reachability()

    assert stale == Reachability(
        name="payments",
        provider="http",
        reachable=True,
        latency_ms=12.5,
        as_of=NOON,
        age_s=299.5,
        stale=True,
        reason="NotSent: ConnectError",
    )
    assert gone == Reachability(
        name="payments", provider="http", reachable=False, reason="NotSent: ConnectError"
    )


async def test_one_that_refuses_from_the_start_is_not_reachable(
    watched: WatchedDependency, gateway: Gateway
) -> None:
    gateway.failure = NotServed("answered 401")

    told = await watched.reachability()

    assert (told.reachable, told.reason) == (False, "NotServed: answered 401")
