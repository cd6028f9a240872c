"""`python -m benchmarks.growth`: placement and each filter of the list, from few orders to many.

10 million take an hour and 30 GB of disk: `--orders 10000,10000000`.
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

from benchmarks.growth.curve import PLACEMENT, Curve, measure

_DATABASES: Final = ("postgresql", "sqlite")
# How much less, or more, the largest may be than the smallest.
_WITHIN: Final = 0.2


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
    """Medians of the rounds; milliseconds, but for the rate."""
    yield f"\n{curve.database}"
    head = "".join(f" {size:>11,} |" for size in curve.sizes)
    yield f"| {'orders':<32} |{head} {'most ÷ few':>10} | within {_WITHIN:.0%} |"
    yield f"| {'-' * 32} |" + " ----------: |" * len(curve.sizes) + " ---------: | ---------- |"
    for figure, spreads in curve.spreads():
        ratio = spreads[-1].median / spreads[0].median
        good = ratio >= 1 - _WITHIN if figure == PLACEMENT else ratio <= 1 + _WITHIN
        cells = "".join(f" {each.median:>11.2f} |" for each in spreads)
        yield f"| {figure:<32} |{cells} {ratio:>10.2f} | {'yes' if good else 'no':<10} |"


if __name__ == "__main__":
    main()
