"""`python -m tests.chaos.events --kills 100`: relays are killed at random while events are written."""

import argparse
import asyncio
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from random import Random

from devtools.embedded_postgres import EmbeddedPostgres
from orderwright.application.queries.audit import audit
from orderwright.infrastructure.database import migrate
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from tests.back_office import BackOffice
from tests.events import effects, rows
from tests.patience import patient_database

_CAUGHT_UP_WITHIN_S = 120.0


@dataclass(frozen=True, slots=True)
class Report:
    kills: int
    events: int
    missing: int
    doubled: int
    violations: int
    slowest_s: float

    @property
    def is_clean(self) -> bool:
        return not (self.missing or self.doubled or self.violations)


async def start(url: str) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.chaos.relay_process", url, stdout=PIPE, stderr=DEVNULL
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"begun\n"
    return process


async def kill(process: Process) -> None:
    process.kill()
    await process.wait()


async def storm(url: str, kills: int, seed: int) -> Report:
    """Two relays side by side; one of them is killed, and the time is taken until all that was written
    before has had its effect."""
    database = patient_database(url)
    office, slowest_s, writing = BackOffice(database), 0.0, True
    random, written = Random(seed), [0]  # noqa: S311 - it only says when to hit

    async def write() -> None:
        while writing:
            await office.customer()
            written[0] += 1
            await asyncio.sleep(0.005)

    relays = [await start(url), await start(url)]
    writer = asyncio.create_task(write())
    try:
        for number in range(kills):
            await asyncio.sleep(random.uniform(0.05, 0.4))
            await kill(relays[number % 2])
            killed, until = time.monotonic(), written[0]
            async with asyncio.timeout(_CAUGHT_UP_WITHIN_S):
                while len(await effects(database)) < until:
                    await asyncio.sleep(0.05)
            slowest_s = max(slowest_s, time.monotonic() - killed)
            relays[number % 2] = await start(url)
        writing = False
        await writer
        async with asyncio.timeout(_CAUGHT_UP_WITHIN_S):
            while len(await effects(database)) < written[0]:
                await asyncio.sleep(0.05)
    finally:
        writer.cancel()
        for each in relays:
            await kill(each)
    had_effect = await effects(database)
    told = await rows(database, "SELECT COUNT(*) FROM events WHERE name = 'customer.created'")
    violations = (await audit(SqlAuditor(database))).violations
    await database.dispose()
    return Report(
        kills=kills,
        events=written[0],
        missing=int(str(told[0][0])) - len(set(had_effect)),
        doubled=len(had_effect) - len(set(had_effect)),
        violations=len(violations),
        slowest_s=round(slowest_s, 2),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, EmbeddedPostgres() as postgres:
        for url in (f"sqlite+aiosqlite:///{Path(directory)}/events.db", postgres.url()):
            asyncio.run(migrate.upgrade(url))
            report = asyncio.run(storm(url, chosen.kills, chosen.seed))
            print(f"{url.partition('+')[0]}: {report}")  # noqa: T201 - its output is what it prints
            if not report.is_clean:
                raise SystemExit(1)


if __name__ == "__main__":
    main()
