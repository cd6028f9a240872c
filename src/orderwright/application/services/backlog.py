from __future__ import annotations

from collections.abc import Callable

from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.event_feed import EventFeedReader


class Backlog:
    """Measures how many events wait for their position, and the oldest of them for how long."""

    def __init__(
        self, feed: EventFeedReader, clock: Clock, tell: Callable[[int, float], None]
    ) -> None:
        """`tell` takes how many there are, and the lag in seconds; 0 when none waits."""
        self._feed = feed
        self._clock = clock
        self._tell = tell

    async def measure(self) -> None:
        backlog = await self._feed.backlog()
        since = backlog.oldest_at or self._clock.now()
        self._tell(backlog.pending, max(0.0, (self._clock.now() - since).total_seconds()))
