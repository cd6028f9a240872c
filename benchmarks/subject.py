"""A server on a database of its own, and the account of what it said that it did."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks import catalogue
from benchmarks.load.job import Job, Outcome
from benchmarks.load.start import load
from benchmarks.processes import cpu_seconds
from benchmarks.requests import Pieces, Requests
from benchmarks.sample import Sample
from benchmarks.sizes import Sizes
from devtools.embedded_postgres import EmbeddedPostgres
from orderwright.infrastructure.database import migrate
from tests.server_process import PreloadedServer, ServerProcess

_ID: Final = re.compile(r'"id":(\d+)')
# An order begins with its id.
_BEGINNING_BYTES: Final = 32
_NEVER_ANSWERED: Final = "0"
# Those that a benchmark fills a database with would all expire at once.
_OLD_ORDERS_STAY: Final = {"ORDER_EXPIRY_MINUTES": "10000000"}


@dataclass(slots=True)
class Account:
    """Orders that were placed: by number, or, where nobody was told the numbers, how many."""

    acknowledged: list[int] = field(default_factory=list)
    unnamed: int = 0
    maybe: int = 0  # no answer, or one that does not tell

    def enter(self, outcome: Outcome) -> None:
        """Raises: AssertionError: an order was granted, but its answer has no id."""
        self.acknowledged += [_id_in(body) for body in outcome.bodies]
        assert len(outcome.bodies) == outcome.granted
        self.maybe += unclear_in(outcome)


@dataclass(slots=True, kw_only=True)
class Subject:
    name: str
    url: str
    postgres: EmbeddedPostgres | None
    server: ServerProcess
    requests: Requests
    rare_product: int
    directory: Path
    account: Account = field(default_factory=Account)

    async def place(
        self,
        requests: Sequence[Pieces],
        *,
        clients: int,
        seconds: float,
        rate: float | None = None,
        at_most: int | None = None,
    ) -> tuple[Outcome, Sample]:
        outcome, sample = await self.ask(
            requests,
            clients=clients,
            seconds=seconds,
            rate=rate,
            at_most=at_most,
            keep_bytes=_BEGINNING_BYTES,
        )
        self.account.enter(outcome)
        return outcome, sample

    async def ask(self, requests: Sequence[Pieces], **how: Any) -> tuple[Outcome, Sample]:
        return await asked(self.server.pid, self.server.port, self.postgres, requests, **how)


async def asked(
    server: int,
    port: int,
    postgres: EmbeddedPostgres | None,
    requests: Sequence[Pieces],
    **how: Any,
) -> tuple[Outcome, Sample]:
    """Load on a server, and what its processes and those of its database used meanwhile."""
    before = cpu_seconds(server), _database_cpu(postgres)
    outcome = await load(Job(port=port, requests=list(requests), **how))
    after = cpu_seconds(server), _database_cpu(postgres)
    each = 1000 / max(1, outcome.granted)
    sample = Sample(
        rate=outcome.rate,
        orders=outcome.granted,
        p50_ms=outcome.p50_ms,
        p99_ms=outcome.p99_ms,
        late_p99_ms=outcome.late_p99_ms,
        server_cpu_ms=(after[0] - before[0]) * each,
        database_cpu_ms=(after[1] - before[1]) * each,
        load_cpu_share=outcome.cpu_share,
    )
    return outcome, sample


@asynccontextmanager
async def started(
    name: str,
    url: str,
    directory: Path,
    sizes: Sizes,
    *,
    postgres: EmbeddedPostgres | None = None,
    workers: int = 1,
    settings: dict[str, str],
) -> AsyncIterator[Subject]:
    home = directory / name.replace(" ", "-")
    home.mkdir()
    await migrate.upgrade(url)
    rare = await catalogue.fill(url, products=sizes.products, customers=sizes.customers)
    arguments = () if workers == 1 else ("--workers", str(workers))
    kind = PreloadedServer if sizes.preloaded else ServerProcess
    async with kind(url, home, *arguments, **{**_OLD_ORDERS_STAY, **settings}) as server:
        key = await server.api_key()
        yield Subject(
            name=name,
            url=url,
            postgres=postgres,
            server=server,
            requests=Requests(key, sizes.products, sizes.customers),
            rare_product=rare,
            directory=home,
        )


def unclear_in(outcome: Outcome) -> int:
    """Requests of which nobody knows what came of them."""
    return sum(
        count
        for status, count in outcome.statuses.items()
        if status == _NEVER_ANSWERED or status.startswith("5")
    )


def _id_in(body: str) -> int:
    match = _ID.search(body)
    assert match is not None, body
    return int(match[1])


def _database_cpu(postgres: EmbeddedPostgres | None) -> float:
    return 0.0 if postgres is None else cpu_seconds(postgres.pid)
