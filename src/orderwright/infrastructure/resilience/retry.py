"""Asks again what may fare better in a moment: tenacity's loop, under our own rules."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Final, Generic, NoReturn, TypeVar

import structlog
from tenacity import AsyncRetrying, RetryCallState

from orderwright.infrastructure.resilience.deadline import time_left_s
from orderwright.infrastructure.resilience.failures import CallFailed, NotSent
from orderwright.infrastructure.resilience.retry_budget import RetryBudget

Result = TypeVar("Result")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`wait_min_s` doubles with each attempt up to `wait_max_s`; the wait is somewhere below that, so
    that callers who failed together don't come back together. `total_s` is for all of it."""

    name: str
    attempts_max: int
    wait_min_s: float
    wait_max_s: float
    total_s: float

    def backoff_s(self, attempt: int, random: Random) -> float:
        """After attempt number `attempt`, counted from 1."""
        # An exponent so large would only overflow; the limit is reached long before.
        ceiling_s = self.wait_min_s * 2 ** min(attempt - 1, 32)
        return random.uniform(0, min(self.wait_max_s, ceiling_s))


# Somebody waits for the answer.
STANDARD: Final = RetryPolicy("standard", 3, wait_min_s=0.2, wait_max_s=2.0, total_s=10.0)
# It must get through, and nobody waits.
AGGRESSIVE: Final = RetryPolicy("aggressive", 6, wait_min_s=0.5, wait_max_s=10.0, total_s=60.0)


def retry_policy(name: str, *, total_s: float) -> RetryPolicy:
    """Raises: KeyError: there is none of this name."""
    return replace({each.name: each for each in (STANDARD, AGGRESSIVE)}[name], total_s=total_s)


@dataclass(frozen=True, slots=True)
class Transient:
    """May fare better later, but not before `retry_after_s`, if whoever was asked said so."""

    retry_after_s: float = 0.0


def transient_error(error: BaseException) -> Transient | None:
    is_transient = isinstance(error, CallFailed) and error.is_transient
    return Transient() if is_transient else None


def transient_unless_sent(error: BaseException) -> Transient | None:
    """For calls that are not to be repeated once anything of them has left, key or no key."""
    return transient_error(error) if isinstance(error, NotSent) else None


def transient_never(_result: object) -> Transient | None:
    return None


# Told before each further try, by the name of the call. It must neither raise nor wait.
RetryListener = Callable[[str], None]


def tells_no_one(_what: str) -> None:
    pass


class Retry(Generic[Result]):
    """Retries in one place only: what it calls must not retry for itself.

    Put a breaker inside it rather than around it, so that every attempt counts and an open circuit
    ends the retries.
    """

    def __init__(
        self,
        policy: RetryPolicy,
        *,
        budget: RetryBudget,
        random: Random,
        of_result: Callable[[Result], Transient | None] = transient_never,
        of_error: Callable[[BaseException], Transient | None] = transient_error,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        listener: RetryListener = tells_no_one,
    ) -> None:
        self._policy = policy
        self._budget = budget
        self._random = random
        self._of_result = of_result
        self._of_error = of_error
        self._sleep = sleep
        self._listener = listener
        self._monotonic = monotonic

    async def call(
        self, act: Callable[[], Awaitable[Result]], *, is_repeatable: bool, what: str
    ) -> Result:
        """What `act` gave, or raised, the last time.

        `is_repeatable` promises that carrying it out twice comes to the same as once, by its nature or
        by an idempotency key; without it there is one attempt, whatever becomes of it. `what` names
        the call in the log.
        """
        self._budget.earn()
        if not is_repeatable:
            return await act()
        ends_at = self._monotonic() + self._policy.total_s
        # Almost always the first attempt is all, and what tenacity does around it costs a tenth of it.
        try:
            result = await act()
        except Exception as error:
            if self._of_error(error) is None:
                raise
            return await self._go_on([partial(_raise, error)], act, ends_at, what)
        if self._of_result(result) is None:
            return result
        return await self._go_on([lambda: result], act, ends_at, what)

    async def _go_on(
        self,
        made: list[Callable[[], Result]],
        act: Callable[[], Awaitable[Result]],
        ends_at: float,
        what: str,
    ) -> Result:
        """After the attempt that was `made`, which is taken out of the list: an error that is kept
        where it passes through makes a circle for the garbage collector."""

        async def attempt() -> Result:
            return made.pop()() if made else await act()

        attempts: AsyncRetrying = AsyncRetrying(
            sleep=self._sleep,
            retry=self._is_transient,
            wait=self._wait_s,
            stop=self._stop_by(ends_at),
            before_sleep=self._tell(what),
            retry_error_callback=_as_it_ended,
        )
        try:
            result: Result = await attempts(attempt)
            return result
        finally:
            attempts.iter_state.reset()  # holds its methods: another circle

    def _is_transient(self, attempt: RetryCallState) -> bool:
        return self._judged(attempt) is not None

    def _judged(self, attempt: RetryCallState) -> Transient | None:
        outcome = attempt.outcome
        if outcome is None:
            return None
        error = outcome.exception()
        return self._of_result(outcome.result()) if error is None else self._of_error(error)

    def _wait_s(self, attempt: RetryCallState) -> float:
        judged = self._judged(attempt) or Transient()
        return judged.retry_after_s + self._policy.backoff_s(attempt.attempt_number, self._random)

    def _stop_by(self, ends_at: float) -> Callable[[RetryCallState], bool]:
        def stop(attempt: RetryCallState) -> bool:
            if attempt.attempt_number >= self._policy.attempts_max:
                return True
            left_s = min(ends_at - self._monotonic(), time_left_s())
            # Last, for it spends.
            return attempt.upcoming_sleep >= left_s or not self._budget.spend()

        return stop

    def _tell(self, what: str) -> Callable[[RetryCallState], None]:
        def tell(attempt: RetryCallState) -> None:
            outcome = attempt.outcome
            error = outcome.exception() if outcome else None
            log.warning(
                "retry.waits",
                what=what,
                policy=self._policy.name,
                attempt=attempt.attempt_number,
                wait_s=round(attempt.upcoming_sleep, 3),
                reason=type(error).__name__ if error else "answer",
            )
            self._listener(what)

        return tell


def _raise(error: Exception) -> NoReturn:
    raise error


def _as_it_ended(attempt: RetryCallState) -> object:
    return attempt.outcome.result() if attempt.outcome else None
