"""`python -m benchmarks.load`: one job as JSON on standard input, its outcome on standard output."""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict

from benchmarks.load.asking import ClosedLoop, OpenLoop, Record
from benchmarks.load.job import Job, Outcome


async def work(job: Job) -> Outcome:
    asking = ClosedLoop(job) if job.rate is None else OpenLoop(job)
    cpu = _cpu_seconds()
    began = await asking.run()
    return _outcome(asking.record, began, _cpu_seconds() - cpu)


def _outcome(record: Record, began: float, cpu_seconds: float) -> Outcome:
    latencies = sorted(record.latencies)
    return Outcome(
        seconds=record.ended_at - began,
        cpu_seconds=cpu_seconds,
        statuses={str(status): count for status, count in record.statuses.items()},
        p50_ms=_milliseconds(latencies, 0.5),
        p99_ms=_milliseconds(latencies, 0.99),
        max_ms=_milliseconds(latencies, 1.0),
        late_p99_ms=_milliseconds(sorted(record.late), 0.99),
        bodies=[body.decode() for body in record.bodies if body],
    )


def _milliseconds(ascending: Sequence[float], share: float) -> float:
    if not ascending:
        return 0.0
    return round(ascending[min(int(share * len(ascending)), len(ascending) - 1)] * 1000, 3)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    with suppress(ImportError):
        import uvloop  # noqa: PLC0415 - not on every system

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    # Nothing here goes round in circles, and a collection would be seen in the latencies.
    gc.disable()
    print(json.dumps(asdict(asyncio.run(work(Job(**json.load(sys.stdin)))))))


if __name__ == "__main__":
    main()
