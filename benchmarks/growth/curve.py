from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.growth.history import CUSTOMERS, PRODUCTS, make
from benchmarks.plans.questions import PAGE, filters
from benchmarks.requests import Requests
from benchmarks.sample import Spread
from benchmarks.statements import make_databases
from benchmarks.subject import asked
from devtools.embedded_postgres import EmbeddedPostgres
from orderwright.domain.interfaces.order_reader import OrderFilter
from tests.server_process import ServerProcess

PLACEMENT: Final = "placement, orders/s"
_CLIENTS: Final = 64
_SETTINGS: Final = {"RATE_LIMIT_ENABLED": "false", "LOG_FORMAT": "json"}

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Grown:
    """A server on a database with so many orders."""

    orders: int
    server: ServerProcess
    requests: Requests
    postgres: EmbeddedPostgres | None

    async def place(self, seconds: float) -> float:
        _, sample = await asked(
            *(self.server.pid, self.server.port, self.postgres, self.requests.placing()),
            clients=_CLIENTS,
            seconds=seconds,
        )
        return sample.rate

    async def list(self, narrowed: OrderFilter, seconds: float) -> float:
        """Milliseconds of a page, when nobody else asks."""
        request = self.requests.listing(_query(narrowed))
        outcome, sample = await asked(
            self.server.pid, self.server.port, self.postgres, request, clients=1, seconds=seconds
        )
        assert outcome.granted == sum(outcome.statuses.values()), outcome.statuses
        return sample.p50_ms


@dataclass(frozen=True, slots=True)
class Curve:
    """By figure and number of orders, a number a round: orders a second, or milliseconds."""

    database: str
    sizes: tuple[int, ...]
    numbers: dict[str, dict[int, list[float]]] = field(default_factory=dict)

    def add(self, figure: str, orders: int, number: float) -> None:
        self.numbers.setdefault(figure, {}).setdefault(orders, []).append(number)

    def spreads(self) -> Iterator[tuple[str, list[Spread]]]:
        for figure, by_size in self.numbers.items():
            yield figure, [Spread.of(by_size[size]) for size in self.sizes]


async def measure(
    database: str, sizes: tuple[int, ...], *, rounds: int, seconds: float, tell: Tell
) -> Curve:
    """The sizes take turns."""
    curve = Curve(database, sizes)
    async with _all_grown(database, sizes, tell) as grown:
        for each in grown:  # nobody's first requests count
            await each.place(min(1.0, seconds))
            await each.list(OrderFilter(), seconds / 10)
        for number in range(1, rounds + 1):
            tell(f"{database}: round {number}")
            for each in grown:
                curve.add(PLACEMENT, each.orders, await each.place(seconds))
            for name in filters(sizes[0]):
                for each in grown:
                    narrowed = filters(each.orders)[name]
                    curve.add(name, each.orders, await each.list(narrowed, seconds / 10))
    return curve


@asynccontextmanager
async def _all_grown(
    database: str, sizes: tuple[int, ...], tell: Tell
) -> AsyncIterator[list[Grown]]:
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="orderwright-")))
        postgres = None
        if database == "postgresql":
            postgres = stack.enter_context(EmbeddedPostgres(durable=True))
            await make_databases(postgres, [f"orders_{size}" for size in sizes])
        grown = []
        for size in sizes:
            tell(f"{database}: filling with {size:,} orders")
            grown.append(await _grow(stack, postgres, directory, size))
        yield grown


async def _grow(
    stack: AsyncExitStack, postgres: EmbeddedPostgres | None, directory: Path, size: int
) -> Grown:
    name = f"orders_{size}"
    url = postgres.url(name) if postgres else f"sqlite+aiosqlite:///{directory}/{name}.db"
    await make(url, size)
    home = directory / name
    home.mkdir()
    server = await stack.enter_async_context(ServerProcess(url, home, **_SETTINGS))
    requests = Requests(await server.api_key(), PRODUCTS, CUSTOMERS)
    return Grown(size, server, requests, postgres)


def _query(narrowed: OrderFilter) -> dict[str, str]:
    said = {name: value for name, value in asdict(narrowed).items() if value is not None}
    return {"limit": str(PAGE)} | {name: _text(value) for name, value in said.items()}


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
