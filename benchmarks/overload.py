"""More clients than can be served: what it does to the memory of the server's processes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.processes import resident_bytes
from benchmarks.subject import Subject

_EVERY_S: Final = 0.1
_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Overload:
    """`growth`: the last third of the time to the middle third, when everything has warmed up."""

    seconds: float
    statuses: dict[str, int]
    most_mib: float  # of the largest process
    growth: float
    p50_ms: float
    p99_ms: float


async def overload(subject: Subject, *, clients: int, seconds: float) -> Overload:
    sizes: list[int] = []
    watching = asyncio.create_task(_watch(subject.server.pid, sizes))
    outcome, _ = await subject.place(subject.requests.placing(), clients=clients, seconds=seconds)
    watching.cancel()
    third = max(1, len(sizes) // 3)
    return Overload(
        seconds=round(outcome.seconds, 1),
        statuses=outcome.statuses,
        most_mib=max(sizes) / _MIB,
        growth=median(sizes[-third:]) / median(sizes[-2 * third : -third] or sizes),
        p50_ms=outcome.p50_ms,
        p99_ms=outcome.p99_ms,
    )


async def _watch(server: int, sizes: list[int]) -> None:
    while True:
        sizes.append(max(resident_bytes(server)))
        await asyncio.sleep(_EVERY_S)
