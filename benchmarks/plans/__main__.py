"""`python -m benchmarks.plans`: fill both databases, ask for every list, fail where one is scanned."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.plans.asking import Asking, Counted, Found
from benchmarks.plans.filling import make
from benchmarks.plans.writing import Cost, measure_writes
from devtools.embedded_postgres import EmbeddedPostgres

_SORTS: Final = ("created_at", "total", "id")


@dataclass(frozen=True, slots=True)
class Report:
    database: str
    found: list[Found]
    generic: list[Found]
    counted: list[Counted]
    costs: list[Cost]

    def faults(self) -> Iterator[str]:
        for each in (*self.found, *self.generic):
            for fault in each.faults:
                yield f"{self.database}: {each.question}: {fault}"


async def report_on(database: str, orders: int) -> Report:
    with ExitStack() as stack:
        if database == "sqlite":
            directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="orderwright-"))
            url = f"sqlite+aiosqlite:///{directory}/plans.db"
        else:
            url = stack.enter_context(EmbeddedPostgres()).url()
        await _prepare(url, orders)
        found = await Asking(orders).everything(url)
        blind = Asking(orders, tries=1, generic=True)
        generic = await blind.everything(url) if database == "postgresql" else []
        counted = await Asking(orders).counts(url)
        return Report(database, found, generic, counted, await measure_writes(url, orders))


async def _prepare(url: str, orders: int) -> None:
    began = time.perf_counter()
    await make(url, orders)
    print(f"{orders} orders in {time.perf_counter() - began:.0f} s", file=sys.stderr)


def print_report(report: Report) -> None:
    """Of each filter and sort the worst: ascending and descending, the first page and a deep one."""
    print(f"\n{report.database}: rows looked at, and milliseconds of a page\n")
    print(f"| {'filter':<29} |" + "".join(f" {sort:>19} |" for sort in _SORTS))
    print(f"| {'-' * 29} |" + f" {'-' * 18}: |" * len(_SORTS))
    for name in dict.fromkeys(each.question.name for each in report.found):
        cells = (_worst(report.found, name, sort) for sort in _SORTS)
        print(f"| {name:<29} |" + "".join(f" {cell:>19} |" for cell in cells))
    print(f"\n| {'count':<29} | {'orders':>9} | exactly, ms | to 10,000, ms |")
    print(f"| {'-' * 29} | {'-' * 8}: | ----------: | ------------: |")
    for each in report.counted:
        times = f"{each.exact_ms:>11.1f} | {each.bounded_ms:>13.1f}"
        print(f"| {each.name:<29} | {each.number:>9,} | {times} |")
    print("\n| indexes of orders                 | µs an insert | µs an update |")
    print("| --------------------------------- | -----------: | -----------: |")
    for cost in report.costs:
        named = f"{cost.indexes} ({cost.count})"
        print(f"| {named:<33} | {cost.insert_us:>12.1f} | {cost.update_us:>12.1f} |")


def _worst(found: Sequence[Found], name: str, by: str) -> str:
    here = [each for each in found if each.question.name == name and each.question.by == by]
    worst = max(here, key=lambda each: each.rows)
    mark = "" if all(each.question.is_served for each in here) else " *"
    return f"{worst.rows:,} in {max(each.ms for each in here):.1f}{mark}"


def as_json(reports: Sequence[Report]) -> str:
    return json.dumps([_data(report) for report in reports], indent=1, default=str)


def _data(report: Report) -> dict[str, Any]:
    return {
        "database": report.database,
        "questions": [_question(each) for each in report.found],
        "generic_plans": [_question(each) for each in report.generic],
        "counts": [asdict(each) for each in report.counted],
        "writes": [asdict(cost) for cost in report.costs],
        "faults": list(report.faults()),
    }


def _question(found: Found) -> dict[str, Any]:
    return {
        "filter": found.question.name,
        "sort": found.question.sort,
        "page": "deep" if found.question.deep else "first",
        "served": found.question.is_served,
        "ms": found.ms,
        "rows": found.rows,
        "plans": [asdict(work) for work in found.works],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--json", type=Path, help="write every plan to this file too")
    chosen = parser.parse_args()
    databases = chosen.database or ["sqlite", "postgresql"]
    reports = [asyncio.run(report_on(each, chosen.orders)) for each in databases]
    for report in reports:
        print_report(report)
    if chosen.json:
        chosen.json.write_text(as_json(reports))
    faults = [fault for report in reports for fault in report.faults()]
    sys.exit("\n".join(["", *faults]) if faults else 0)


if __name__ == "__main__":
    main()
