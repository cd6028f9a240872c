"""How it stands with those whom the service asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachability:
    """`as_of` is when the dependency last answered, and `age_s` how long before this was found out;
    both are None if that is too long ago to say anything. `reason` is why there is no answer of now."""

    name: str
    provider: str
    reachable: bool
    latency_ms: float | None = None
    as_of: datetime | None = None
    age_s: float | None = None
    stale: bool = False
    reason: str | None = None


class Dependency(Protocol):
    async def reachability(self) -> Reachability:
        """Never raises for what the network does, and takes a few seconds at most. The dependency is
        not asked more often than about once a second, however many want to know."""
        ...


class Circuit(Protocol):
    """What the breaker around a dependency counts, in this process."""

    @property
    def name(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def failures(self) -> int: ...
    @property
    def opened_at(self) -> datetime | None: ...
    @property
    def trips(self) -> int: ...
    @property
    def retry_after_s(self) -> int: ...


class Circuits(Protocol):
    def snapshot(self) -> Sequence[Circuit]: ...
