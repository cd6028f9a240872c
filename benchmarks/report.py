"""What was found, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from benchmarks.correctness import Verdict
from benchmarks.goals import GOALS, Goal, Results
from benchmarks.sample import Sample, Spread
from benchmarks.sizes import Sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    machine: dict[str, str]
    sizes: Sizes
    results: Results
    verdicts: list[Verdict]
    notes: list[str]

    @property
    def faults(self) -> list[str]:
        return [f"{each.subject}: {fault}" for each in self.verdicts for fault in each.faults]

    @property
    def goals(self) -> list[Goal]:
        return [goal for goal in GOALS if goal.row in self.sizes.rows]


def as_text(report: Report) -> Iterator[str]:
    yield from (f"{name:<12} {value}" for name, value in report.machine.items())
    yield f"{'settings':<12} {_settings(report.sizes)}"
    yield from (f"{'note':<12} {note}" for note in report.notes)
    yield from ("", *_table(("goal", "wanted", "median", "min..max", "met"), _goals(report)))
    yield from ("", *_table(_SIDE_COLUMNS, _sides(report)))
    yield from ("", *_statements(report.results), *_overload(report.results))
    yield from (
        f"{each.subject}: {each.orders:,} orders, {_word(each)}" for each in report.verdicts
    )


def as_data(report: Report) -> dict[str, Any]:
    results = report.results
    return {
        "machine": report.machine,
        "settings": asdict(report.sizes),
        "notes": report.notes,
        "goals": [_goal_data(goal, results) for goal in report.goals],
        "sides": {
            name: [asdict(each) for each in samples] for name, samples in results.samples.items()
        },
        "statements": results.statements and asdict(results.statements),
        "overload": results.overload and asdict(results.overload),
        "correctness": [asdict(each) for each in report.verdicts],
    }


def _goal_data(goal: Goal, results: Results) -> dict[str, Any]:
    reached = goal.reached(results)
    return {
        "row": goal.row,
        "goal": goal.text,
        "wanted": goal.wanted,
        "reached": reached and asdict(reached),
        "met": None if reached is None else goal.is_met_by(reached),
    }


def _goals(report: Report) -> Iterator[Sequence[str]]:
    for goal in report.goals:
        reached = goal.reached(report.results)
        if reached is None:
            yield (goal.text, goal.wanted, "n/a", "", "n/a")
            continue
        met = "yes" if goal.is_met_by(reached) else "no"
        spread = f"{reached.least:.2f}..{reached.most:.2f}"
        yield (goal.text, goal.wanted, f"{reached.median:.2f}", spread, met)


_SIDE_COLUMNS = (
    *("side", "per second", "min..max", "p50 ms", "p99 ms"),
    *("server CPU ms", "database CPU ms", "load CPU", "late p99 ms", "others' cores"),
)


def _sides(report: Report) -> Iterator[Sequence[str]]:
    for name, samples in report.results.samples.items():
        if not samples:
            yield (name, "n/a")
            continue
        rate = Spread.of([each.rate for each in samples])
        yield (
            *(name, f"{rate.median:.1f}", f"{rate.least:.1f}..{rate.most:.1f}"),
            *(_middle(samples, name) for name in ("p50_ms", "p99_ms")),
            *(_middle(samples, name) for name in ("server_cpu_ms", "database_cpu_ms")),
            f"{median(each.load_cpu_share for each in samples):.0%}",
            *(_middle(samples, name) for name in ("late_p99_ms", "others_cores")),
        )


def _middle(samples: Sequence[Sample], name: str) -> str:
    middle = median(getattr(each, name) for each in samples)
    return f"{middle:.2f}" if middle else "-"


def _statements(results: Results) -> Iterator[str]:
    if results.statements is not None:
        yield f"statements of {results.statements.orders} orders, by how often they were sent:"
        for statement, calls in results.statements.most_frequent:
            yield f"{calls:>9} {statement}"
        yield ""


def _overload(results: Results) -> Iterator[str]:
    if results.overload is not None:
        told = results.overload
        yield (
            f"overload for {told.seconds} s: {told.statuses}, p50 {told.p50_ms:.0f} ms, "
            f"p99 {told.p99_ms:.0f} ms, {told.most_mib:.0f} MiB, growing by {told.growth:.3f}"
        )
        yield ""


def _settings(sizes: Sizes) -> str:
    return (
        f"{sizes.rounds} rounds of {sizes.seconds} s, {sizes.clients} clients"
        f" (pgbench spread: {sizes.pgbench_clients}), {sizes.products} products,"
        f" {sizes.customers} customers, 2 lines an order, {sizes.workers} processes where several,"
        f" {sizes.batch} orders a batch from {sizes.batch_clients} clients; fsync and"
        f" synchronous_commit on, SQLite synchronous=FULL; server settings {sizes.settings or 'as is'}"
    )


def _word(verdict: Verdict) -> str:
    return "; ".join(verdict.faults) if verdict.faults else "all accounted for, audit ok"


def _table(columns: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    full = [columns, *([*row, *[""] * (len(columns) - len(row))] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    for number, row in enumerate(full):
        first, *others = zip(row, widths, strict=True)
        yield " | ".join([f"{first[0]:<{first[1]}}", *(f"{text:>{w}}" for text, w in others)])
        if number == 0:
            yield "-|-".join("-" * width for width in widths)
