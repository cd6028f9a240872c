from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import Final

from benchmarks import correctness, statements
from benchmarks.arena import Arena, opened
from benchmarks.correctness import Verdict
from benchmarks.goals import Results
from benchmarks.machine import described
from benchmarks.overload import Overload, overload
from benchmarks.processes import Others
from benchmarks.report import Report
from benchmarks.sides import Samples, sides
from benchmarks.sizes import Sizes
from benchmarks.statements import Statements, checkpoint
from benchmarks.subject import Account

_WARM_UP_S: Final = 1.0
# More than this in use by others, and the figures are not worth much.
_QUIET_CORES: Final = 0.1

Tell = Callable[[str], None]


async def run(sizes: Sizes, tell: Tell) -> Report:
    async with opened(sizes) as arena:
        machine = described(arena.postgres)
        await _warm_up(arena)
        samples = await _rounds(arena, tell)
        results = Results(
            samples=samples, statements=await _statements(arena), overload=await _overload(arena)
        )
        tell("checking")
        verdicts = await _verdicts(arena)
    return Report(
        machine=machine,
        sizes=sizes,
        results=results,
        verdicts=verdicts,
        notes=_notes(samples),
    )


async def _warm_up(arena: Arena) -> None:
    seconds = min(_WARM_UP_S, arena.sizes.seconds)
    for subject in arena.subjects:
        for hot in (False, True):
            requests = subject.requests.placing(hot=hot)
            await subject.place(requests, clients=arena.sizes.clients, seconds=seconds)


async def _rounds(arena: Arena, tell: Tell) -> Samples:
    samples: Samples = {}
    measured = await sides(arena, samples)
    for number in range(1, arena.sizes.rounds + 1):
        for name, measure in measured.items():
            await checkpoint(arena.postgres)
            others = Others()
            sample = await measure()
            known = samples.setdefault(name, [])
            if sample is not None:
                known.append(replace(sample, others_cores=others.cores()))
                tell(f"round {number}: {name}: {sample.rate:.1f} per second")
    return samples


async def _statements(arena: Arena) -> Statements | None:
    if "statements" not in arena.sizes.rows:
        return None
    return await statements.count(
        arena.one, clients=arena.sizes.clients, seconds=arena.sizes.seconds
    )


async def _overload(arena: Arena) -> Overload | None:
    if "memory" not in arena.sizes.rows:
        return None
    return await overload(
        arena.one, clients=arena.sizes.overload_clients, seconds=arena.sizes.overload_s
    )


async def _verdicts(arena: Arena) -> list[Verdict]:
    verdicts = []
    for subject in arena.subjects:
        oversold = await correctness.sell_out(subject, arena.sizes.clients)
        verdict = await correctness.check(subject.name, subject.url, subject.account)
        verdicts.append(Verdict(verdict.subject, verdict.orders, [*oversold, *verdict.faults]))
    if arena.native is not None:
        account = Account(unnamed=arena.native.placed)
        url = arena.postgres.url(arena.native.database)
        verdicts.append(await correctness.check("pgbench", url, account))
    return verdicts


def _notes(samples: Samples) -> list[str]:
    others = median(each.others_cores for known in samples.values() for each in known)
    if others > _QUIET_CORES:
        # The kernel shares what is left by the process, and pgbench is many.
        return [f"others used {others:.1f} cores: ratios are too low, those to pgbench most"]
    return []
