"""Whether somebody else answers, for whoever looks after the service."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwright.domain.interfaces.dependencies import Reachability
from orderwright.infrastructure.resilience.deadline import within
from orderwright.infrastructure.resilience.failures import CallFailed
from orderwright.infrastructure.resilience.fallback import Known, LastGoodAnswer

PROBE_TIMEOUT_S: Final = 2.0
# However many ask, the dependency is asked once in this time.
FRESH_FOR_S: Final = 1.0
# An answer from before that says nothing about now.
MAX_AGE_S: Final = 300.0
_MS: Final = 1000


class NotServed(Exception):
    """Somebody answered, but not with what was asked for."""


@dataclass(frozen=True, slots=True)
class _Answered:
    at: datetime
    latency_ms: float


class WatchedDependency:
    """`probe` asks for something cheap that changes nothing. While it fails, the last time that it did
    not is told instead, with its age."""

    def __init__(
        self,
        name: str,
        probe: Callable[[], Awaitable[None]],
        *,
        provider: str,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._provider = provider
        self._probe = probe
        self._now = now
        self._monotonic = monotonic
        self._answers = LastGoodAnswer(
            name,
            self._ask,
            max_age_s=MAX_AGE_S,
            instead_of=(CallFailed, NotServed, TimeoutError),
            monotonic=monotonic,
        )
        self._lock = asyncio.Lock()
        self._found: Reachability | None = None
        self._ask_again_at = float("-inf")

    async def reachability(self) -> Reachability:
        async with self._lock:
            if self._found is None or self._monotonic() >= self._ask_again_at:
                self._found = await self._find_out()
                self._ask_again_at = self._monotonic() + FRESH_FOR_S
            return self._found

    async def _find_out(self) -> Reachability:
        try:
            known = await self._answers.get()
        except (CallFailed, NotServed, TimeoutError) as error:
            return Reachability(
                name=self._name, provider=self._provider, reachable=False, reason=_reason(error)
            )
        return self._told(known)

    async def _ask(self) -> _Answered:
        at, began = self._now(), self._monotonic()
        async with within(PROBE_TIMEOUT_S):
            await self._probe()
        return _Answered(at, round((self._monotonic() - began) * _MS, 1))

    def _told(self, known: Known[_Answered]) -> Reachability:
        return Reachability(
            name=self._name,
            provider=self._provider,
            reachable=True,
            latency_ms=known.value.latency_ms,
            as_of=known.value.at,
            age_s=round(known.age_s, 1),
            stale=known.is_stale,
            reason=None if known.instead_of is None else _reason(known.instead_of),
        )


def _reason(error: Exception) -> str:
    """These errors name the kind of failure and nothing of the request."""
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
