from __future__ import annotations

from collections.abc import Callable

from orderwright.domain.interfaces.backlog import BacklogReader, Queue
from orderwright.domain.interfaces.clock import Clock


class Backlog:
    """Measures how much waits in every queue, and for how long the first of it has waited."""

    def __init__(
        self, reader: BacklogReader, clock: Clock, tell: Callable[[Queue, int, float], None]
    ) -> None:
        """`tell` takes how many there are, and the lag in seconds; 0 when none waits."""
        self._reader = reader
        self._clock = clock
        self._tell = tell

    async def measure(self) -> None:
        now = self._clock.now()
        for queue, waiting in (await self._reader.backlogs(now)).items():
            since = waiting.oldest_at or now
            self._tell(queue, waiting.pending, max(0.0, (now - since).total_seconds()))
