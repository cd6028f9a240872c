"""`python -m benchmarks`: the table of goals, measured here and now.

Starts a durable PostgreSQL, servers and a load generator of its own. The sides of a comparison take
turns, round by round; everything that was acknowledged is accounted for at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks import report as reports
from benchmarks.run import run
from benchmarks.sizes import ROWS, SMOKE, Sizes


def main() -> None:
    chosen = _parser().parse_args()
    report = asyncio.run(run(_sizes(chosen), tell=_progress(quiet=chosen.quiet)))
    print("\n".join(reports.as_text(report)))
    if chosen.json:
        chosen.json.write_text(json.dumps(reports.as_data(report), indent=1), "utf-8")
    sys.exit("\n".join(["", *report.faults]) if report.faults else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", help=f"by commas, of: {', '.join(ROWS)}; all of them if not said")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="of each side in each round")
    parser.add_argument("--clients", type=int)
    parser.add_argument("--workers", type=int, help="processes where there are several; 1: none")
    parser.add_argument("--overload-s", type=float, help="600 for the row as it is meant")
    parser.add_argument("--overload-clients", type=int)
    parser.add_argument("--set", action="append", metavar="NAME=VALUE", help="for the servers")
    parser.add_argument("--json", type=Path, help="write every figure to this file too")
    parser.add_argument("--quiet", action="store_true", help="print only the result")
    parser.add_argument("--smoke", action="store_true", help="all of it in seconds, for a test")
    return parser


def _sizes(chosen: argparse.Namespace) -> Sizes:
    sizes = SMOKE if chosen.smoke else Sizes()
    names = ("rounds", "seconds", "clients", "workers", "overload_s", "overload_clients")
    said = {name: getattr(chosen, name) for name in names if getattr(chosen, name) is not None}
    if chosen.rows:
        said["rows"] = tuple(chosen.rows.split(","))
        if unknown := set(said["rows"]) - set(ROWS):
            sys.exit(f"no such row: {', '.join(sorted(unknown))}")
    if chosen.set:
        said["settings"] = dict(each.split("=", 1) for each in chosen.set)
    return replace(sizes, **said)


def _progress(*, quiet: bool) -> Callable[[str], None]:
    def tell(text: str) -> None:
        if not quiet:
            print(text, file=sys.stderr, flush=True)

    return tell


if __name__ == "__main__":
    main()
