"""What is measured in each round, by name and in this order. None: this release cannot do it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from statistics import median

from benchmarks.arena import Arena
from benchmarks.bulk import Imports, place_together
from benchmarks.confirming import confirm
from benchmarks.native import Native
from benchmarks.processes import cpu_seconds
from benchmarks.reading import reading_sides
from benchmarks.sample import Sample
from benchmarks.sizes import Sizes
from benchmarks.subject import Subject

Side = Callable[[], Awaitable[Sample | None]]
# By side, a sample for each round so far.
Samples = dict[str, list[Sample]]

# A fixed number of orders is to keep the background busy for about as long as a round lasts.
_CONFIRMED_SHARE = 0.4


async def sides(arena: Arena, samples: Samples) -> dict[str, Side]:
    sizes, found = arena.sizes, dict[str, Side]()
    for row, hot in (("placement", False), ("hot", True)):
        if row in sizes.rows:
            found |= _compared(arena, hot=hot)
    found.setdefault("one spread", _placing(arena.one, sizes, hot=False))
    if arena.sqlite is not None:
        found["sqlite spread"] = _placing(arena.sqlite, sizes, hot=False)
    if "latency" in sizes.rows:
        found["half rate"] = _at_half_the_rate(arena.one, sizes, samples)
    if "bulk" in sizes.rows:
        found |= _bulk(arena.one, sizes)
    if arena.paid is not None:
        found["confirmed"] = _confirming(arena.paid, sizes, samples)
    if arena.bare is not None:
        found |= await reading_sides(arena.bare, clients=sizes.clients, seconds=sizes.seconds)
    return found


def _compared(arena: Arena, *, hot: bool) -> dict[str, Side]:
    how = "hot" if hot else "spread"
    assert arena.native is not None
    found = {f"pgbench {how}": _native(arena.native, arena.sizes, hot=hot)}
    found[f"one {how}"] = _placing(arena.one, arena.sizes, hot=hot)
    if arena.several is not None:
        found[f"several {how}"] = _placing(arena.several, arena.sizes, hot=hot)
    return found


def _native(native: Native, sizes: Sizes, *, hot: bool) -> Side:
    clients = sizes.clients if hot else sizes.pgbench_clients

    async def place() -> Sample:
        before = cpu_seconds(native.postgres.pid)
        sample = await native.place(clients=clients, seconds=sizes.seconds, hot=hot)
        used = cpu_seconds(native.postgres.pid) - before
        return replace(sample, database_cpu_ms=used * 1000 / max(1, sample.orders))

    return place


def _placing(subject: Subject, sizes: Sizes, *, hot: bool) -> Side:
    requests = subject.requests.placing(hot=hot)

    async def place() -> Sample:
        _, sample = await subject.place(requests, clients=sizes.clients, seconds=sizes.seconds)
        return sample

    return place


def _at_half_the_rate(subject: Subject, sizes: Sizes, samples: Samples) -> Side:
    requests = subject.requests.placing()

    async def place() -> Sample:
        peak = median(each.rate for each in samples["one spread"])
        _, sample = await subject.place(
            # Twice as many as wait at the peak: none is late for want of a connection.
            requests,
            clients=2 * sizes.clients,
            seconds=sizes.seconds,
            rate=peak / 2,
        )
        return sample

    return place


def _bulk(subject: Subject, sizes: Sizes) -> dict[str, Side]:
    imports = Imports(subject, sizes.imported)

    async def together() -> Sample | None:
        return await place_together(
            subject, size=sizes.batch, clients=sizes.batch_clients, seconds=sizes.seconds
        )

    return {"batch": together, "import": imports.run}


def _confirming(subject: Subject, sizes: Sizes, samples: Samples) -> Side:
    async def carry() -> Sample:
        rate = median(each.rate for each in samples["one spread"])
        orders = max(sizes.clients, round(rate * sizes.seconds * _CONFIRMED_SHARE))
        return await confirm(subject, orders=orders, clients=sizes.clients, seconds=sizes.seconds)

    return carry
