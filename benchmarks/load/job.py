"""What the load generator is told, and what it tells."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Requests are sent one after the other, over and over. Each is given in pieces, as latin-1
    text: between two pieces goes a nonce of 32 characters, a new one each time it is sent.

    Without a `rate` each client asks again as soon as it is answered. With one, requests are due at
    fixed times, whether or not the earlier ones are answered, and are timed from when they were due.
    """

    port: int
    requests: list[list[str]]
    clients: int
    seconds: float
    at_most: int | None = None
    rate: float | None = None
    keep_bytes: int = 0  # of the body of each answer that granted what was asked
    pause_s: float = 0.05  # before asking again after a 503

    def data(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Latencies are of granted requests, in milliseconds. Status 0: the connection was lost."""

    seconds: float
    cpu_seconds: float
    statuses: dict[str, int]
    p50_ms: float
    p99_ms: float
    max_ms: float
    late_p99_ms: float  # how long after it was due a request was sent, for want of the generator
    bodies: list[str]

    @property
    def granted(self) -> int:
        return sum(count for status, count in self.statuses.items() if status.startswith("2"))

    @property
    def lost(self) -> int:
        return self.statuses.get("0", 0)

    @property
    def rate(self) -> float:
        return self.granted / self.seconds

    @property
    def cpu_share(self) -> float:
        """Of one core."""
        return self.cpu_seconds / self.seconds
