from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from benchmarks.plans.filling import make
from benchmarks.plans.questions import PAGE, filters
from benchmarks.plans.shop import customers_of
from benchmarks.requests import Pieces, Requests
from benchmarks.sample import Sample
from benchmarks.statements import make_databases
from benchmarks.subject import asked
from devtools.embedded_postgres import EmbeddedPostgres
from orderwright.domain.interfaces.order_reader import OrderFilter
from tests.server_process import ServerProcess

PLACEMENT: Final = "placement, orders/s"
_CLIENTS: Final = 64
# All are of the catalogue of the shop, and none is inactive there.
_PRODUCTS: Final = 999
# A server of its own, only for this: filling it writes no log where none is needed (nor do others).
_POSTGRESQL: Final = ("wal_level=minimal", "max_wal_senders=0", "max_wal_size=4GB")
_SETTINGS: Final = {"RATE_LIMIT_ENABLED": "false", "LOG_FORMAT": "json"}

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """Of a request: how many a second, the middle one's time, and the CPU of server and database."""

    rate: float
    ms: float
    cpu_ms: float

    @classmethod
    def of(cls, sample: Sample) -> Measured:
        return cls(sample.rate, sample.p50_ms, sample.server_cpu_ms + sample.database_cpu_ms)


Of = Callable[[Measured], float]


@dataclass(frozen=True, slots=True)
class Grown:
    """A server on a database with so many orders."""

    orders: int
    server: ServerProcess
    requests: Requests
    postgres: EmbeddedPostgres | None

    async def place(self, seconds: float) -> Measured:
        return await self._ask(self.requests.placing(), _CLIENTS, seconds)

    async def list_page(self, narrowed: OrderFilter, seconds: float) -> Measured:
        """When nobody else asks."""
        return await self._ask(self.requests.listing(_query(narrowed)), 1, seconds)

    async def _ask(self, requests: list[Pieces], clients: int, seconds: float) -> Measured:
        outcome, sample = await asked(
            *(self.server.pid, self.server.port, self.postgres, requests),
            clients=clients,
            seconds=seconds,
        )
        assert outcome.granted == sum(outcome.statuses.values()), outcome.statuses
        return Measured.of(sample)


@dataclass(frozen=True, slots=True)
class Curve:
    """By figure and number of orders, what was measured in each round."""

    database: str
    sizes: tuple[int, ...]
    measured: dict[str, dict[int, list[Measured]]] = field(default_factory=dict)

    def add(self, figure: str, orders: int, measured: Measured) -> None:
        self.measured.setdefault(figure, {}).setdefault(orders, []).append(measured)

    def medians(self, figure: str, of: Of) -> list[float]:
        """By size."""
        return [median(map(of, self.measured[figure][size])) for size in self.sizes]

    def ratio(self, figure: str, of: Of) -> float:
        """The largest by the smallest, round by round: noise that lasts a round is in both."""
        few, many = (self.measured[figure][size] for size in (self.sizes[0], self.sizes[-1]))
        return median(of(more) / of(less) for less, more in zip(few, many, strict=True))


async def measure(
    database: str, sizes: tuple[int, ...], *, rounds: int, seconds: float, tell: Tell
) -> Curve:
    """The sizes take turns."""
    curve = Curve(database, sizes)
    async with _all_grown(database, sizes, tell) as grown:
        for each in grown:  # nobody's first requests count
            await each.place(min(1.0, seconds))
            await each.list_page(OrderFilter(), seconds / 10)
        for number in range(1, rounds + 1):
            tell(f"{database}: round {number}")
            for each in grown:
                curve.add(PLACEMENT, each.orders, await each.place(seconds))
            for name in filters(sizes[0]):
                for each in grown:
                    narrowed = filters(each.orders)[name]
                    curve.add(name, each.orders, await each.list_page(narrowed, seconds / 10))
    return curve


@asynccontextmanager
async def _all_grown(
    database: str, sizes: tuple[int, ...], tell: Tell
) -> AsyncIterator[list[Grown]]:
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="orderwright-")))
        postgres = None
        if database == "postgresql":
            postgres = stack.enter_context(EmbeddedPostgres(durable=True, settings=_POSTGRESQL))
            await make_databases(postgres, [f"orders_{size}" for size in sizes])
        grown = []
        for size in sizes:
            began = perf_counter()
            grown.append(await _grow(stack, postgres, directory, size))
            tell(f"{database}: {size:,} orders after {perf_counter() - began:.0f} s")
        yield grown


async def _grow(
    stack: AsyncExitStack, postgres: EmbeddedPostgres | None, directory: Path, size: int
) -> Grown:
    name = f"orders_{size}"
    url = postgres.url(name) if postgres else f"sqlite+aiosqlite:///{directory}/{name}.db"
    await make(url, size, ledgers=True)
    home = directory / name
    home.mkdir()
    server = await stack.enter_async_context(ServerProcess(url, home, **_SETTINGS))
    requests = Requests(await server.api_key(), _PRODUCTS, customers_of(size))
    return Grown(size, server, requests, postgres)


def _query(narrowed: OrderFilter) -> dict[str, str]:
    said = {name: value for name, value in asdict(narrowed).items() if value is not None}
    return {"limit": str(PAGE)} | {name: _text(value) for name, value in said.items()}


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
