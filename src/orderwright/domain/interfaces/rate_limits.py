from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from orderwright.domain.value_objects.rate import Rate


@dataclass(frozen=True, slots=True)
class Allowance:
    """What became of one request, and what is left for the next ones."""

    is_granted: bool
    remaining: int
    # When it was refused: by then the next one is granted.
    renewed_in_s: float


class RateLimiter(Protocol):
    async def take(self, who: str, rate: Rate) -> Allowance:
        """Counts one request of `who`; one that is refused does not count."""
        ...
