from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class ProcessingLimits:
    """Facts behind the numbers: a lease outlives a gateway call (10 s) with room. A group is worth its
    three transactions from a dozen orders on, which at some hundred a second have gathered in 50 ms;
    a person who waits for one order does not feel them."""

    lease: timedelta = timedelta(seconds=15)
    retry_countdown: timedelta = timedelta(seconds=60)
    retries_max: int = 3
    at_once: int = 256
    room_min: int = 32
    calls_at_once: int = 32
    alone_at_once: int = 8
    gather_s: float = 0.05
