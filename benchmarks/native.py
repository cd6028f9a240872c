"""pgbench: what a native program reaches that commits one order at a time."""

from __future__ import annotations

import asyncio
import re
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.sample import Sample
from devtools.embedded_postgres import EmbeddedPostgres

SCRIPT: Final = Path(__file__).parent / "pgbench" / "place_order.sql"
# As many threads of its own as the machine has left for a client; two change nothing here.
_THREADS: Final = 2
_PROCESSED: Final = re.compile(r"number of transactions actually processed: (\d+)")
_FAILED: Final = re.compile(r"number of failed transactions: (\d+)")
_RATE: Final = re.compile(r"tps = ([\d.]+) \(without initial connection time\)")
_LATENCY: Final = re.compile(r"latency average = ([\d.]+) ms")


class PgbenchFailed(Exception):
    """The message is what it said."""


@dataclass(slots=True)
class Native:
    """Counts what it has placed in its database."""

    postgres: EmbeddedPostgres
    database: str
    products: int
    customers: int
    placed: int = 0

    async def place(self, *, clients: int, seconds: float, hot: bool) -> Sample:
        used, began = _children_cpu_seconds(), time.perf_counter()
        told = await self._run(
            *("--client", str(clients), "--jobs", str(min(_THREADS, clients))),
            *("--time", str(max(1, round(seconds))), "--define", f"hot={int(hot)}"),
        )
        used, lasted = _children_cpu_seconds() - used, time.perf_counter() - began
        placed = int(_found(_PROCESSED, told))
        self.placed += placed
        assert int(_found(_FAILED, told)) == 0, told
        return Sample(
            rate=float(_found(_RATE, told)),
            orders=placed,
            p50_ms=float(_found(_LATENCY, told)),  # the mean: pgbench tells no other
            load_cpu_share=used / lasted,
        )

    async def _run(self, *options: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *(self.postgres.program("pgbench"), "--no-vacuum", "--protocol", "prepared"),
            *("--define", f"products={self.products}", "--define", f"customers={self.customers}"),
            *("--file", str(SCRIPT), *options, self.database),
            env=self.postgres.client_environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        told, said = await process.communicate()
        if process.returncode != 0:
            raise PgbenchFailed(said.decode())
        return told.decode()


def _children_cpu_seconds() -> float:
    """Of those that ended: in between, pgbench alone."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _found(pattern: re.Pattern[str], told: str) -> str:
    match = pattern.search(told)
    assert match is not None, told
    return match[1]
