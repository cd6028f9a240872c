"""Leaves alone whoever keeps failing: to spare them, and not to wait for an answer that won't come."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil
from typing import Final, TypeVar

import structlog

from orderwright.infrastructure.resilience.failures import Busy, CircuitOpen

Result = TypeVar("Result")

log = structlog.get_logger(__name__)


class CircuitState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """Opens at `failure_threshold` failures within `window_s`, for `recovery_timeout_s`; then at most
    `probes_max` calls at a time find out whether to close again."""

    failure_threshold: int = 5
    window_s: float = 60.0
    recovery_timeout_s: float = 30.0
    probes_max: int = 1


@dataclass(frozen=True, slots=True)
class BreakerReport:
    name: str
    state: CircuitState
    failures: int
    opened_at: datetime | None
    trips: int
    # Until it may be asked again; 0 unless it is open.
    retry_after_s: int = 0


# Told of a new one, and after each change of state. It must neither raise nor wait.
BreakerListener = Callable[[BreakerReport], None]


def tells_no_one(_report: BreakerReport) -> None:
    pass


def never(_result: object) -> bool:
    return False


# What says nothing about the one who was to be asked.
_OUR_OWN_FAULT: Final = (Busy, CircuitOpen)


class CircuitBreaker:
    """One per dependency and process, in one event loop.

    A success forgives one failure, the oldest. So an outage opens the circuit at the threshold however
    much went well before, and a dependency that answers more often than it fails stays in use, which
    counting failures alone would cut off as soon as it is busy enough.

    Each change of state begins an era, and what was begun in an earlier one counts for nothing when it
    ends. A call that is cancelled counts for nothing either; if it was a probe, the next one probes.
    The calls must end by themselves: put a deadline into them.
    """

    def __init__(
        self,
        name: str,
        settings: BreakerSettings,
        *,
        monotonic: Callable[[], float],
        now: Callable[[], datetime],
        listener: BreakerListener = tells_no_one,
    ) -> None:
        self.name = name
        self._settings = settings
        self._monotonic = monotonic
        self._now = now
        self._listener = listener
        self._state = CircuitState.CLOSED
        self._era = 0
        self._failed_at: deque[float] = deque(maxlen=settings.failure_threshold)
        self._probing = 0
        self._opened_at: datetime | None = None
        self._retry_at = float("-inf")
        self._trips = 0

    @property
    def state(self) -> CircuitState:
        return self._state

    def report(self) -> BreakerReport:
        self._forget_old_failures()
        return BreakerReport(
            self.name,
            self._state,
            len(self._failed_at),
            self._opened_at,
            self._trips,
            self._retry_after_s(),
        )

    async def call(
        self,
        act: Callable[[], Awaitable[Result]],
        *,
        is_failure: Callable[[Result], bool] = never,
    ) -> Result:
        """What `act` gives. Every error counts as a failure, but those that are our own fault; of the
        results those that `is_failure` says.

        Raises:
            CircuitOpen: `act` was not called.
        """
        is_probe = self._enter()
        era = self._era
        try:
            result = await act()
        except _OUR_OWN_FAULT:
            raise
        except Exception:
            self._note_failure(era)
            raise
        else:
            self._note(era, failed=is_failure(result))
            return result
        finally:
            if is_probe and era == self._era:
                self._probing -= 1

    def _enter(self) -> bool:
        """Whether the caller is a probe."""
        if self._state is CircuitState.CLOSED:
            return False
        if self._state is CircuitState.OPEN:
            self._half_open_when_due()
        if self._probing >= self._settings.probes_max:
            raise CircuitOpen(self.name, retry_after_s=1)
        self._probing += 1
        return True

    def _half_open_when_due(self) -> None:
        left_s = self._retry_after_s()
        if left_s > 0:
            raise CircuitOpen(self.name, retry_after_s=left_s)
        self._become(CircuitState.HALF_OPEN)

    def _retry_after_s(self) -> int:
        if self._state is not CircuitState.OPEN:
            return 0
        return ceil(max(0.0, self._retry_at - self._monotonic()))

    def _note(self, era: int, *, failed: bool) -> None:
        if failed:
            self._note_failure(era)
        elif era == self._era:
            self._note_success()

    def _note_success(self) -> None:
        if self._state is CircuitState.HALF_OPEN:
            self._failed_at.clear()
            self._opened_at = None
            self._become(CircuitState.CLOSED)
        elif self._failed_at:
            self._failed_at.popleft()

    def _note_failure(self, era: int) -> None:
        if era != self._era:
            return
        self._failed_at.append(self._monotonic())
        self._forget_old_failures()
        is_probe = self._state is CircuitState.HALF_OPEN
        if is_probe or len(self._failed_at) >= self._settings.failure_threshold:
            self._trip()

    def _trip(self) -> None:
        self._retry_at = self._monotonic() + self._settings.recovery_timeout_s
        self._opened_at = self._opened_at or self._now()
        self._trips += 1
        self._become(CircuitState.OPEN)

    def _become(self, state: CircuitState) -> None:
        before, self._state = self._state, state
        self._era += 1
        self._probing = 0
        report = self.report()
        tell = log.warning if state is CircuitState.OPEN else log.info
        tell(f"circuit.{state}", circuit=self.name, before=str(before), failures=report.failures)
        self._listener(report)

    def _forget_old_failures(self) -> None:
        oldest = self._monotonic() - self._settings.window_s
        while self._failed_at and self._failed_at[0] <= oldest:
            self._failed_at.popleft()
