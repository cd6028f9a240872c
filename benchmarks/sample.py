from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one side did in one round. CPU is in milliseconds an order, or a request when reading."""

    rate: float
    orders: int
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    server_cpu_ms: float = 0.0
    database_cpu_ms: float = 0.0
    load_cpu_share: float = 0.0
    late_p99_ms: float = 0.0
    others_cores: float = 0.0  # used meanwhile by programs that have nothing to do with this


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some numbers, and how far they lie apart."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, numbers: Sequence[float]) -> Spread:
        return cls(median(numbers), min(numbers), max(numbers))
