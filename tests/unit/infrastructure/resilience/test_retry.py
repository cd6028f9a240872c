"""What is asked again, how often, when, and what never is."""

import asyncio
import weakref
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from random import Random

import pytest
from structlog.testing import capture_logs

from orderwright.infrastructure.resilience.deadline import within
from orderwright.infrastructure.resilience.failures import (
    AnswerTooLarge,
    CallFailed,
    CircuitOpen,
    NotSent,
    OutcomeUnknown,
)
from orderwright.infrastructure.resilience.http_answers import (
    Answer,
    is_repeatable,
    retry_after_s,
    transient_answer,
)
from orderwright.infrastructure.resilience.retry import AGGRESSIVE, STANDARD, Retry, RetryPolicy
from orderwright.infrastructure.resilience.retry_budget import RetryBudget
from tests.collector import without_collector
from tests.unit.infrastructure.resilience.passing_time import NOON, PassingTime

SEEDED = Random(7)  # noqa: S311 - jitter is no secret


class Callee:
    """Gives one of these after the other, and the last for ever."""

    def __init__(self, *outcomes: int | Answer | Exception) -> None:
        self._outcomes = list(outcomes)
        self.calls = 0

    async def __call__(self) -> Answer:
        outcome = self._outcomes[min(self.calls, len(self._outcomes) - 1)]
        self.calls += 1
        if isinstance(outcome, Exception):
            raise outcome
        return Answer(outcome, {}, b"") if isinstance(outcome, int) else outcome


@pytest.fixture
def time() -> PassingTime:
    return PassingTime()


def retry(
    time: PassingTime, policy: RetryPolicy = STANDARD, budget: RetryBudget | None = None
) -> Retry[Answer]:
    return Retry(
        policy,
        budget=budget or RetryBudget(),
        random=SEEDED,
        of_result=transient_answer(time.now),
        sleep=time.sleep,
        monotonic=time.monotonic,
    )


async def status(of: Retry[Answer], callee: Callee, *, is_repeatable: bool = True) -> int:
    return (await of.call(callee, is_repeatable=is_repeatable, what="charge")).status


@pytest.mark.parametrize(
    "passing", [408, 425, 429, 500, 502, 503, 504, NotSent("x"), OutcomeUnknown("x")]
)
async def test_what_passes_is_asked_again(passing: int | Exception, time: PassingTime) -> None:
    callee = Callee(passing, 201)

    assert await status(retry(time), callee) == 201
    assert callee.calls == 2


@pytest.mark.parametrize("final", [200, 301, 400, 401, 402, 403, 404, 409, 410, 422, 501])
async def test_an_answer_that_will_not_change_is_the_answer(final: int, time: PassingTime) -> None:
    callee = Callee(final)

    assert await status(retry(time), callee) == final
    assert callee.calls == 1


@pytest.mark.parametrize(
    "final", [CircuitOpen("x", retry_after_s=1), AnswerTooLarge("x"), ValueError("x")]
)
async def test_an_error_that_will_not_change_is_raised_at_once(
    final: Exception, time: PassingTime
) -> None:
    callee = Callee(final)

    with pytest.raises(type(final)):
        await status(retry(time), callee)
    assert callee.calls == 1


@pytest.mark.parametrize("failure", [503, 429])
async def test_what_may_not_be_repeated_is_not(failure: int, time: PassingTime) -> None:
    callee = Callee(failure)

    assert await status(retry(time), callee, is_repeatable=False) == failure
    assert callee.calls == 1


async def test_what_may_not_be_repeated_is_not_after_an_error(time: PassingTime) -> None:
    callee = Callee(NotSent("ConnectError"))

    with pytest.raises(NotSent):
        await status(retry(time), callee, is_repeatable=False)
    assert callee.calls == 1


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("GET", {}, True),
        ("put", {}, True),
        ("DELETE", {}, True),
        ("POST", {}, False),
        ("PATCH", {}, False),
        ("POST", {"Idempotency-Key": "op-1"}, True),
        ("POST", {"Idempotency-Key": ""}, False),
    ],
)
def test_a_call_may_be_repeated_by_its_nature_or_by_its_key(
    method: str,
    headers: dict[str, str],
    expected: bool,  # noqa: FBT001
) -> None:
    assert is_repeatable(method, headers) is expected


@pytest.mark.parametrize(("policy", "attempts"), [(STANDARD, 3), (AGGRESSIVE, 6)])
async def test_it_ends_with_the_last_answer(
    policy: RetryPolicy, attempts: int, time: PassingTime
) -> None:
    callee = Callee(503)

    assert await status(retry(time, policy), callee) == 503
    assert callee.calls == attempts


async def test_it_ends_with_the_last_error(time: PassingTime) -> None:
    callee = Callee(NotSent("ConnectError"), OutcomeUnknown("ReadTimeout"))

    with pytest.raises(OutcomeUnknown, match="ReadTimeout"):
        await status(retry(time), callee)
    assert callee.calls == 3


@pytest.mark.parametrize("policy", [STANDARD, AGGRESSIVE])
def test_waits_are_spread_from_nothing_to_a_ceiling_that_doubles(policy: RetryPolicy) -> None:
    for attempt in range(1, 12):
        ceiling = min(policy.wait_max_s, policy.wait_min_s * 2 ** (attempt - 1))
        waits = [policy.backoff_s(attempt, SEEDED) for _ in range(500)]

        assert 0 <= min(waits) < ceiling * 0.05
        assert ceiling * 0.95 < max(waits) <= ceiling


async def test_it_waits_at_least_as_long_as_it_was_told(time: PassingTime) -> None:
    callee = Callee(Answer(503, {"retry-after": "3"}, b""), 201)

    assert await status(retry(time), callee) == 201
    assert 3 <= time.slept_s[0] <= 3.2


async def test_it_does_not_wait_for_longer_than_there_is_time(time: PassingTime) -> None:
    callee = Callee(Answer(503, {"retry-after": "11"}, b""))

    assert await status(retry(time), callee) == 503
    assert (callee.calls, time.slept_s) == (1, [])


async def test_it_does_not_wait_beyond_the_deadline_around_it(time: PassingTime) -> None:
    callee = Callee(Answer(503, {"retry-after": "5"}, b""))

    async with within(4):
        assert await status(retry(time), callee) == 503

    assert callee.calls == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        (format_datetime(NOON + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOON - timedelta(seconds=90), usegmt=True), 0.0),
        ("86400", 300.0),
        ("9" * 400, 300.0),
        ("", 0.0),
        ("-5", 0.0),
        ("soon", 0.0),
        ("Mon, 99 Foo 2026 99:99:99 GMT", 0.0),
        (f"Thu, 01 Jan 2026 00:00:00 +{'9' * 20}", 0.0),
        (f"Thu, 01 Jan 2026 {'9' * 20}:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_read_in_seconds_or_as_a_date(text: str, expected: float) -> None:
    assert retry_after_s(text, NOON) == expected


async def test_retries_are_a_share_of_the_calls(time: PassingTime) -> None:
    budget = RetryBudget(share=0.1, reserve=10)
    outage = retry(time, budget=budget)
    callee = Callee(503)

    for _ in range(1_000):
        await status(outage, callee)

    # The reserve, and one in ten.
    assert callee.calls - 1_000 == pytest.approx(10 + 100, abs=1)


async def test_the_wait_is_logged_before_it_begins(time: PassingTime) -> None:
    with capture_logs() as logs:
        await status(retry(time), Callee(NotSent("ConnectError"), 503, 201))

    assert [{**line, "wait_s": None} for line in logs] == [
        {
            "event": "retry.waits",
            "log_level": "warning",
            "what": "charge",
            "policy": "standard",
            "attempt": attempt,
            "wait_s": None,
            "reason": reason,
        }
        for attempt, reason in [(1, "NotSent"), (2, "answer")]
    ]
    assert [line["wait_s"] for line in logs] == [round(slept, 3) for slept in time.slept_s]


async def test_a_cancellation_ends_it_at_once(time: PassingTime) -> None:
    never = asyncio.Event()
    calls = 0

    async def hang() -> Answer:
        nonlocal calls
        calls += 1
        await never.wait()
        raise AssertionError

    task = asyncio.create_task(retry(time).call(hang, is_repeatable=True, what="charge"))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert calls == 1


async def test_errors_can_be_judged_by_others(time: PassingTime) -> None:
    def nothing_passes(_error: BaseException) -> None:
        return None

    judge: Callable[[BaseException], None] = nothing_passes
    callee = Callee(NotSent("ConnectError"))
    strict: Retry[Answer] = Retry(
        STANDARD,
        budget=RetryBudget(),
        random=SEEDED,
        of_error=judge,
        sleep=time.sleep,
        monotonic=time.monotonic,
    )

    with pytest.raises(CallFailed):
        await status(strict, callee)
    assert callee.calls == 1


async def test_a_call_leaves_nothing_to_the_garbage_collector(time: PassingTime) -> None:
    retrying = retry(time)
    with without_collector():
        assert await status(retrying, Callee(503, 201)) == 201
        left = weakref.ref(retrying)
        del retrying

        assert left() is None
