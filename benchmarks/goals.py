"""The table of `4-placement.md`: what is to be reached, and how it follows from what was measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from benchmarks.overload import Overload
from benchmarks.sample import Sample, Spread
from benchmarks.sides import Samples
from benchmarks.statements import Statements


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    samples: Samples
    statements: Statements | None
    overload: Overload | None


# A number for each round; none where it was not measured.
Numbers = Callable[[Results], list[float]]


@dataclass(frozen=True, slots=True)
class Goal:
    row: str
    text: str
    bound: float
    numbers: Numbers
    at_most: bool = False

    @property
    def wanted(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.bound:g}"

    def reached(self, results: Results) -> Spread | None:
        numbers = self.numbers(results)
        return Spread.of(numbers) if numbers else None

    def is_met_by(self, reached: Spread) -> bool:
        if self.at_most:
            return reached.median <= self.bound
        return reached.median >= self.bound


def _ratio(of: str, to: str) -> Numbers:
    """Round by round, for what slows the machine for a while slows both."""

    def numbers(results: Results) -> list[float]:
        pairs = zip(results.samples.get(of, []), results.samples.get(to, []), strict=False)
        return [one.rate / other.rate for one, other in pairs if other.rate]

    return numbers


def _tail(side: str) -> Numbers:
    def numbers(results: Results) -> list[float]:
        return [each.p99_ms / each.p50_ms for each in _of(results, side) if each.p50_ms]

    return numbers


def _of(results: Results, side: str) -> list[Sample]:
    return results.samples.get(side, [])


def _statements(results: Results) -> list[float]:
    return [] if results.statements is None else [results.statements.an_order]


def _statements_in_all(results: Results) -> list[float]:
    counted = results.statements
    return [] if counted is None else [counted.an_order + counted.around_an_order]


def _most_memory(results: Results) -> list[float]:
    return [] if results.overload is None else [results.overload.most_mib]


def _growth(results: Results) -> list[float]:
    return [] if results.overload is None else [results.overload.growth]


GOALS: Final = (
    Goal(
        "placement", "placement ÷ pgbench, 1 process", 1.0, _ratio("one spread", "pgbench spread")
    ),
    Goal(
        *("placement", "placement ÷ pgbench, several processes", 1.0),
        _ratio("several spread", "pgbench spread"),
    ),
    Goal("hot", "hot SKU ÷ pgbench hot, 1 process", 5.0, _ratio("one hot", "pgbench hot")),
    Goal("hot", "hot SKU ÷ pgbench hot, several", 5.0, _ratio("several hot", "pgbench hot")),
    Goal("hot", "hot SKU ÷ spread, 1 process", 0.9, _ratio("one hot", "one spread")),
    Goal("hot", "hot SKU ÷ spread, several", 0.9, _ratio("several hot", "several spread")),
    Goal("sqlite", "SQLite ÷ PostgreSQL", 0.8, _ratio("sqlite spread", "one spread")),
    Goal("statements", "SQL statements an order", 0.5, _statements, at_most=True),
    Goal("statements", "… BEGIN, COMMIT and the like too", 0.5, _statements_in_all, at_most=True),
    Goal("bulk", "POST /orders/batch ÷ single", 3.0, _ratio("batch", "one spread")),
    Goal("bulk", "CSV import ÷ single", 3.0, _ratio("import", "one spread")),
    Goal("reads", "list of 20 ÷ bare asyncpg + JSON", 0.6, _ratio("list", "bare list")),
    Goal("reads", "get ÷ bare asyncpg + JSON", 0.6, _ratio("get", "bare get")),
    Goal("confirmed", "placed → confirmed ÷ placement", 0.4, _ratio("confirmed", "one spread")),
    Goal("latency", "p99 ÷ p50 at half the rate", 5.0, _tail("half rate"), at_most=True),
    Goal("memory", "MiB of a server under overload", 300.0, _most_memory, at_most=True),
    Goal("memory", "… its last third ÷ its middle", 1.05, _growth, at_most=True),
)
