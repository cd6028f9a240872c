from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long to rest after a round that costs about the same for one thing as for hundreds: long enough
    for company to come, and, when others keep the process busy, so long that rounds take no more
    than a `share` of its time. A `full` round has more waiting for it, and rests for as long as it took."""

    full: int
    rest_min_s: float = 0.05
    rest_max_s: float = 0.5
    share: float = 0.03

    def rest_s(self, done: int, took_s: float) -> float:
        if done >= self.full:
            return min(self.rest_max_s, took_s)
        return min(self.rest_max_s, max(self.rest_min_s, took_s * (1 / self.share - 1)))
