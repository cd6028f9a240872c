"""Counting in one process, by a clock that the test sets."""

import asyncio

import pytest
from structlog.testing import capture_logs

from orderwright.domain.interfaces.rate_limits import Allowance
from orderwright.domain.value_objects.rate import Rate
from orderwright.infrastructure.security.rate_limits import (
    COOL_DOWN_S,
    LocalRateLimiter,
    RedisRateLimiter,
    SharedRateLimiter,
    StorageFailed,
    Usage,
    rates_by_policy,
)

THREE_A_MINUTE = Rate(3, 60)


class Watch:
    def __init__(self) -> None:
        self.s = 600.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def limiter(watch: Watch) -> LocalRateLimiter:
    return LocalRateLimiter(watch, callers_max=1000)


async def granted(limiter: LocalRateLimiter, who: str = "ada", times: int = 10) -> int:
    return sum([(await limiter.take(who, THREE_A_MINUTE)).is_granted for _ in range(times)])


async def test_as_many_as_the_rate_says_are_granted_and_each_is_told_what_is_left(
    limiter: LocalRateLimiter, watch: Watch
) -> None:
    watch.s += 15

    taken = [await limiter.take("ada", THREE_A_MINUTE) for _ in range(4)]

    assert taken == [
        Allowance(is_granted=True, remaining=2, renewed_in_s=45.0),
        Allowance(is_granted=True, remaining=1, renewed_in_s=45.0),
        Allowance(is_granted=True, remaining=0, renewed_in_s=45.0),
        Allowance(is_granted=False, remaining=0, renewed_in_s=45.0),
    ]


async def test_the_end_of_a_window_does_not_hand_out_everything_at_once(
    limiter: LocalRateLimiter, watch: Watch
) -> None:
    watch.s += 59
    assert await granted(limiter) == 3

    watch.s += 2  # a second into the next one: of the three, 59/60 still count

    assert await granted(limiter) == 1
    watch.s += 59 + 60
    assert await granted(limiter) == 3


@pytest.mark.parametrize("begins_at_s", [0, 1, 20, 59.5])
async def test_who_waits_as_long_as_told_is_granted_the_next_one(
    limiter: LocalRateLimiter, watch: Watch, begins_at_s: float
) -> None:
    watch.s += begins_at_s
    for _ in range(20):
        while (taken := await limiter.take("ada", THREE_A_MINUTE)).is_granted:
            pass
        watch.s += taken.renewed_in_s + 0.001

        assert (await limiter.take("ada", THREE_A_MINUTE)).is_granted


async def test_callers_and_rates_do_not_share_what_they_use(limiter: LocalRateLimiter) -> None:
    assert await granted(limiter, "ada") == 3
    assert await granted(limiter, "bob") == 3
    assert (await limiter.take("ada", Rate(5, 60))).remaining == 4


async def test_ten_thousand_addresses_do_not_fill_the_memory(limiter: LocalRateLimiter) -> None:
    for number in range(10_000):
        await limiter.take(f"address:10.0.{number // 256}.{number % 256}", THREE_A_MINUTE)

    assert len(limiter) == 1000


async def test_who_is_seen_often_is_remembered_while_others_pass(limiter: LocalRateLimiter) -> None:
    for number in range(3000):
        await limiter.take("ada", THREE_A_MINUTE)
        await limiter.take(f"address {number}", THREE_A_MINUTE)

    assert not (await limiter.take("ada", THREE_A_MINUTE)).is_granted


def test_what_fades_is_enough_when_it_says_so() -> None:
    usage = Usage(current=1, current_ends_in_s=50, previous=4, previous_fades_in_s=50)

    refused = usage.allowance(THREE_A_MINUTE, is_granted=False)

    # Of the four, less than two must count: below half of the window.
    assert refused == Allowance(is_granted=False, remaining=0, renewed_in_s=20.0)


def test_a_rate_is_read_from_text() -> None:
    assert Rate.parse("100/minute") == Rate(100, 60)
    assert Rate.parse("1/day") == Rate(1, 86_400)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "100",
        "0/minute",
        "-1/minute",
        "1.5/minute",
        "100/fortnight",
        "100 / minute",
        "2000000/hour",
        "1/minute\n",
        "\u0661/minute",
        "1/minute;2/hour",
    ],
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must read"):
        Rate.parse(text)


def test_without_limits_there_is_no_rate() -> None:
    assert rates_by_policy(False, default="1/second") == {}
    assert rates_by_policy(True, default="1/second") == {"default": Rate(1, 1)}


class SlowStorage(RedisRateLimiter):
    """Answers when the test says so, and as it says."""

    def __init__(self) -> None:
        self.asked: list[asyncio.Future[Allowance]] = []

    async def take(self, _who: str, _rate: Rate) -> Allowance:
        self.asked.append(asyncio.get_running_loop().create_future())
        return await self.asked[-1]


async def test_an_answer_from_before_a_failure_does_not_end_the_outage(watch: Watch) -> None:
    storage = SlowStorage()
    limiter = SharedRateLimiter(storage, LocalRateLimiter(watch), watch)
    answer = Allowance(is_granted=True, remaining=1, renewed_in_s=1.0)

    async def ask() -> asyncio.Task[Allowance]:
        task = asyncio.create_task(limiter.take("ada", THREE_A_MINUTE))
        await asyncio.sleep(0)
        return task

    with capture_logs() as logs:
        early, failing = await ask(), await ask()
        watch.s += 0.2
        storage.asked[1].set_exception(StorageFailed("TimeoutError"))
        await failing
        storage.asked[0].set_result(answer)
        assert await early == answer
        await (await ask())  # answered from memory
        assert len(storage.asked) == 2

        watch.s += COOL_DOWN_S
        probe = await ask()
        await (await ask())  # one probe is enough
        storage.asked[2].set_result(answer)
        assert await probe == answer

    assert [each["event"] for each in logs] == [
        "rate_limits.storage_failed",
        "rate_limits.storage_answers_again",
    ]
