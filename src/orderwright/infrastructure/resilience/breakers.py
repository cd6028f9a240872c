from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from orderwright.infrastructure.resilience.circuit_breaker import (
    BreakerListener,
    BreakerReport,
    BreakerSettings,
    CircuitBreaker,
    CircuitState,
    tells_no_one,
)

# Some names are chosen by users, such as the hosts that events are sent to.
BREAKERS_MAX: Final = 1_000


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Breakers:
    """All breakers of this process, by name; a new name gets one of its own."""

    def __init__(
        self,
        settings: BreakerSettings,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _utc_now,
        listener: BreakerListener = tells_no_one,
        breakers_max: int = BREAKERS_MAX,
    ) -> None:
        self._settings = settings
        self._monotonic = monotonic
        self._now = now
        self._listener = listener
        self._breakers_max = breakers_max
        # Asked for least recently first.
        self._by_name: OrderedDict[str, CircuitBreaker] = OrderedDict()
        self._kept: set[str] = set()

    def kept(self, name: str) -> CircuitBreaker:
        """As `named`, and never forgotten: for who asks for it once and calls through it for ever."""
        self._kept.add(name)
        return self.named(name)

    def named(self, name: str) -> CircuitBreaker:
        breaker = self._by_name.get(name)
        if breaker is None:
            self._make_room()
            breaker = self._by_name[name] = self._new(name)
        self._by_name.move_to_end(name)
        return breaker

    def snapshot(self) -> Sequence[BreakerReport]:
        """By name."""
        return [self._by_name[name].report() for name in sorted(self._by_name)]

    def _new(self, name: str) -> CircuitBreaker:
        breaker = CircuitBreaker(
            name,
            self._settings,
            monotonic=self._monotonic,
            now=self._now,
            listener=self._listener,
        )
        self._listener(breaker.report())
        return breaker

    def _make_room(self) -> None:
        """Those that are closed go first: they lose a few failures, an open one its protection."""
        if len(self._by_name) < self._breakers_max:
            return
        others = [name for name in self._by_name if name not in self._kept]
        closed = (n for n in others if self._by_name[n].state is CircuitState.CLOSED)
        forgotten = next(closed, next(iter(others), None))
        if forgotten is not None:
            del self._by_name[forgotten]
