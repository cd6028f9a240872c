"""`python -m benchmarks.growth`: placement and each filter of the list, from few orders to many.

10 million orders take a quarter of an hour of CPU and 20 GB of disk: `--orders 10000,10000000`. Sizes take
turns, round by round. Where others use the machine too, look at the CPU of a request: it says what the
work became, and not who waited.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks.growth.curve import PLACEMENT, Curve, Measured, measure

_DATABASES: Final = ("postgresql", "sqlite")
# How much less, or more, the largest may be than the smallest.
_WITHIN: Final = 0.2
_YES: Final = {True: "yes", False: "no"}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--orders", default="10000,100000,1000000", help="sizes, smallest first")
    parser.add_argument("--database", choices=_DATABASES, action="append")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of placing; a list has a tenth")
    parser.add_argument("--json", type=Path, help="write every figure to this file too")
    chosen = parser.parse_args()
    curves = [
        asyncio.run(
            measure(
                *(database, tuple(map(int, chosen.orders.split(",")))),
                rounds=chosen.rounds,
                seconds=chosen.seconds,
                tell=lambda text: print(text, file=sys.stderr, flush=True),
            )
        )
        for database in chosen.database or _DATABASES
    ]
    for curve in curves:
        print("\n".join(_as_text(curve)))
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(curve) for curve in curves], indent=1), "utf-8")


def _as_text(curve: Curve) -> Iterator[str]:
    """Medians of the rounds; milliseconds, but for the rate. CPU is the server's and the database's."""
    yield f"\n{curve.database}"
    heads = [f"{size:,}" for size in curve.sizes] + ["most ÷ few", "CPU ms, few", "most ÷ few"]
    yield _row("orders", [*heads, f"within {_WITHIN:.0%}"])
    yield _row("-" * 32, ["----------:"] * (len(heads) + 1))
    for figure in curve.measured:
        told = _rate if figure == PLACEMENT else _ms
        ratio, cpu = curve.ratio(figure, told), curve.ratio(figure, _cpu_ms)
        good = ratio >= 1 - _WITHIN if figure == PLACEMENT else ratio <= 1 + _WITHIN
        cells = [*curve.medians(figure, told), ratio, curve.medians(figure, _cpu_ms)[0], cpu]
        verdict = f"{_YES[good]}; CPU {_YES[cpu <= 1 + _WITHIN]}"
        yield _row(figure, [*(f"{cell:.2f}" for cell in cells), verdict])


def _row(name: str, cells: list[str]) -> str:
    return f"| {name:<32} |" + "".join(f" {cell:>11} |" for cell in cells)


def _rate(measured: Measured) -> float:
    return measured.rate


def _ms(measured: Measured) -> float:
    return measured.ms


def _cpu_ms(measured: Measured) -> float:
    return measured.cpu_ms


if __name__ == "__main__":
    main()
