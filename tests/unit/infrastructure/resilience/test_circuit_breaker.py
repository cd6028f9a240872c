"""A breaker that leaves a failing dependency alone, and finds out by one call whether it is back."""

import asyncio

import pytest
from structlog.testing import capture_logs

from orderwright.infrastructure.resilience.breakers import Breakers
from orderwright.infrastructure.resilience.circuit_breaker import (
    BreakerReport,
    BreakerSettings,
    CircuitBreaker,
    CircuitState,
)
from orderwright.infrastructure.resilience.failures import Busy, CircuitOpen
from tests.unit.infrastructure.resilience.passing_time import NOON, PassingTime

CLOSED, OPEN, HALF_OPEN = CircuitState.CLOSED, CircuitState.OPEN, CircuitState.HALF_OPEN


class Gateway:
    """Answers, or fails, when the test lets it."""

    def __init__(self) -> None:
        self.calls = 0
        self.works = False
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self) -> str:
        self.calls += 1
        await self.may_answer.wait()
        if not self.works:
            raise ConnectionError
        return "paid"


@pytest.fixture
def time() -> PassingTime:
    return PassingTime()


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def changes() -> list[BreakerReport]:
    return []


@pytest.fixture
def breaker(time: PassingTime, changes: list[BreakerReport]) -> CircuitBreaker:
    return CircuitBreaker(
        "gateway",
        BreakerSettings(),
        monotonic=time.monotonic,
        now=time.now,
        listener=changes.append,
    )


async def fail(breaker: CircuitBreaker, gateway: Gateway, times: int = 1) -> None:
    gateway.works = False
    for _ in range(times):
        with pytest.raises(ConnectionError):
            await breaker.call(gateway)


async def succeed(breaker: CircuitBreaker, gateway: Gateway) -> None:
    gateway.works = True
    assert await breaker.call(gateway) == "paid"


def begun(breaker: CircuitBreaker, gateway: Gateway, calls: int = 1) -> list[asyncio.Task[str]]:
    async def call() -> str:
        return await breaker.call(gateway)

    gateway.may_answer.clear()
    return [asyncio.create_task(call()) for _ in range(calls)]


async def until_called(gateway: Gateway, calls: int) -> None:
    async with asyncio.timeout(5):
        while gateway.calls < calls:
            await asyncio.sleep(0)


async def test_it_opens_at_the_fifth_failure(breaker: CircuitBreaker, gateway: Gateway) -> None:
    await fail(breaker, gateway, times=4)
    assert breaker.state is CLOSED

    await fail(breaker, gateway)

    assert breaker.report() == BreakerReport("gateway", OPEN, 5, NOON, 1, 30)


async def test_while_open_nobody_is_called(
    breaker: CircuitBreaker, gateway: Gateway, time: PassingTime
) -> None:
    await fail(breaker, gateway, times=5)
    time.passed_s += 12.5

    with pytest.raises(CircuitOpen) as refused:
        await breaker.call(gateway)

    assert gateway.calls == 5
    assert refused.value.retry_after_s == 18


async def test_failures_older_than_the_window_do_not_count(
    breaker: CircuitBreaker, gateway: Gateway, time: PassingTime
) -> None:
    await fail(breaker, gateway, times=4)
    time.passed_s += 60
    await fail(breaker, gateway)

    assert (breaker.state, breaker.report().failures) == (CLOSED, 1)


async def test_a_success_forgives_one_failure(breaker: CircuitBreaker, gateway: Gateway) -> None:
    await fail(breaker, gateway, times=4)
    await succeed(breaker, gateway)
    await fail(breaker, gateway)
    assert breaker.state is CLOSED

    await fail(breaker, gateway)

    assert breaker.state is OPEN


async def test_what_answers_more_often_than_it_fails_stays_in_use(
    breaker: CircuitBreaker, gateway: Gateway
) -> None:
    for _ in range(200):
        await fail(breaker, gateway)
        await succeed(breaker, gateway)

    assert breaker.report() == BreakerReport("gateway", CLOSED, 0, None, 0)


async def test_of_100_calls_at_once_one_finds_out_whether_it_is_back(
    breaker: CircuitBreaker, gateway: Gateway, time: PassingTime
) -> None:
    await fail(breaker, gateway, times=5)
    time.passed_s += 30
    calls = begun(breaker, gateway, 100)
    await until_called(gateway, 6)
    gateway.works = True
    gateway.may_answer.set()

    results = await asyncio.gather(*calls, return_exceptions=True)

    assert gateway.calls == 6
    assert results.count("paid") == 1
    assert sum(isinstance(each, CircuitOpen) for each in results) == 99
    assert breaker.report() == BreakerReport("gateway", CLOSED, 0, None, 1)


async def test_a_probe_that_fails_opens_it_for_another_while(
    breaker: CircuitBreaker, gateway: Gateway, time: PassingTime
) -> None:
    await fail(breaker, gateway, times=5)
    time.passed_s += 30
    await fail(breaker, gateway)

    with pytest.raises(CircuitOpen) as refused:
        await breaker.call(gateway)

    assert refused.value.retry_after_s == 30
    # Since when it has been away, not since when it was last asked.
    assert breaker.report() == BreakerReport("gateway", OPEN, 5, NOON, 2, 30)


async def test_a_cancelled_probe_decides_nothing_and_makes_way_for_the_next(
    breaker: CircuitBreaker, gateway: Gateway, time: PassingTime
) -> None:
    await fail(breaker, gateway, times=5)
    time.passed_s += 30
    (probe,) = begun(breaker, gateway)
    await until_called(gateway, 6)
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert breaker.state is HALF_OPEN

    gateway.may_answer.set()
    await succeed(breaker, gateway)

    assert breaker.state is CLOSED


async def test_a_probe_that_never_left_decides_nothing_either(
    breaker: CircuitBreaker, gateway: Gateway, time: PassingTime
) -> None:
    async def wait_in_vain() -> str:
        raise Busy("too many calls are running")

    await fail(breaker, gateway, times=5)
    time.passed_s += 30
    with pytest.raises(Busy):
        await breaker.call(wait_in_vain)
    assert breaker.state is HALF_OPEN

    await succeed(breaker, gateway)

    assert breaker.state is CLOSED


async def test_a_cancelled_call_is_no_failure(breaker: CircuitBreaker, gateway: Gateway) -> None:
    calls = begun(breaker, gateway, 5)
    await until_called(gateway, 5)
    for each in calls:
        each.cancel()
    await asyncio.gather(*calls, return_exceptions=True)

    assert breaker.report().failures == 0


@pytest.mark.parametrize("works", [True, False])
async def test_what_was_begun_before_the_trip_counts_for_nothing_after_it(
    breaker: CircuitBreaker,
    gateway: Gateway,
    time: PassingTime,
    works: bool,  # noqa: FBT001
) -> None:
    late = Gateway()
    calls = begun(breaker, late, 10)
    await until_called(late, 10)
    await fail(breaker, gateway, times=5)
    time.passed_s += 30
    (probe,) = begun(breaker, gateway)
    await until_called(gateway, 6)
    late.works = works
    late.may_answer.set()
    await asyncio.gather(*calls, return_exceptions=True)
    assert breaker.state is HALF_OPEN
    # Nor did they free the place of the probe.
    with pytest.raises(CircuitOpen):
        await breaker.call(gateway)

    gateway.works = True
    gateway.may_answer.set()

    assert await probe == "paid"
    assert breaker.report() == BreakerReport("gateway", CLOSED, 0, None, 1)


async def test_the_caller_says_which_results_are_failures(breaker: CircuitBreaker) -> None:
    async def answer_404() -> int:
        return 404

    async def answer_503() -> int:
        return 503

    for answer in [answer_404] * 20 + [answer_503] * 5:
        await breaker.call(answer, is_failure=lambda status: status >= 500)

    assert (breaker.state, breaker.report().failures) == (OPEN, 5)


async def test_each_change_is_logged_and_told(
    breaker: CircuitBreaker,
    gateway: Gateway,
    time: PassingTime,
    changes: list[BreakerReport],
) -> None:
    with capture_logs() as logs:
        await fail(breaker, gateway, times=5)
        time.passed_s += 30
        await succeed(breaker, gateway)

    assert [change.state for change in changes] == [OPEN, HALF_OPEN, CLOSED]
    assert [(line["event"], line["log_level"], line["circuit"]) for line in logs] == [
        ("circuit.open", "warning", "gateway"),
        ("circuit.half_open", "info", "gateway"),
        ("circuit.closed", "info", "gateway"),
    ]


async def test_breakers_are_kept_by_name_and_told_of_together(
    time: PassingTime, gateway: Gateway
) -> None:
    breakers = Breakers(BreakerSettings(), monotonic=time.monotonic, now=time.now)
    await fail(breakers.named("b"), gateway, times=5)
    breakers.named("a")

    assert breakers.named("b").state is OPEN
    assert breakers.snapshot() == [
        BreakerReport("a", CLOSED, 0, None, 0),
        BreakerReport("b", OPEN, 5, NOON, 1, 30),
    ]


async def test_of_too_many_breakers_a_closed_one_is_forgotten_first(gateway: Gateway) -> None:
    breakers = Breakers(BreakerSettings(), breakers_max=2)
    await fail(breakers.named("open"), gateway, times=5)
    breakers.named("closed")

    breakers.named("new")

    assert [each.name for each in breakers.snapshot()] == ["new", "open"]


async def test_a_breaker_that_is_kept_is_not_forgotten_for_others(gateway: Gateway) -> None:
    breakers = Breakers(BreakerSettings(), breakers_max=2)
    ours = breakers.kept("ours")
    for host in "abc":
        breakers.named(host)

    await fail(ours, gateway, times=5)

    assert [(each.name, each.state) for each in breakers.snapshot()] == [
        ("c", CLOSED),
        ("ours", OPEN),
    ]
