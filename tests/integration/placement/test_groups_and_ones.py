"""However orders are put together into groups, the same ones are placed, and the same rows written."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from orderwright.application.queries.audit import audit
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.integration.placement.counter import Counter
from tests.patience import patient_database
from tests.recycled_postgres import RecycledPostgres

WRITTEN = (
    "orders",
    "order_items",
    "stock_levels",
    "stock_movements",
    "reservations",
    "events",
    "idempotency_keys",
    "tasks",
)


@dataclass(frozen=True)
class Wanted:
    customer: int
    lines: tuple[tuple[int, int], ...]
    key: int | None
    reference: int | None
    pay_now: bool


# Products 1 to 4: scarce, plenty, on backorder, no longer sold. 5 is unknown, as is customer 2.
LINES = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 4)), min_size=0, max_size=3)
WANTED = st.builds(
    Wanted,
    customer=st.sampled_from([1, 1, 1, 1, 2]),
    lines=LINES.map(tuple),
    key=st.none() | st.integers(1, 3),
    reference=st.none() | st.integers(1, 3),
    pay_now=st.booleans(),
)
ORDERS = st.lists(WANTED, min_size=1, max_size=14)
CUTS = st.lists(st.integers(1, 13), max_size=4)


async def stocked(database: Database) -> Counter:
    office = BackOffice(database)
    await office.customer()
    for sku, stock in (("SCARCE", 5), ("PLENTY", 1000), ("LATER", 1), ("GONE", 9)):
        await office.product(sku, stock=stock)
    async with database.write_sessions.begin() as session:
        for later in (tables.products.c.id, tables.stock_levels.c.product_id):
            await session.execute(update(later.table).where(later == 3).values(backorder=True))
        gone = tables.products.c.id == 4
        await session.execute(update(tables.products).where(gone).values(active=False))
    return Counter(office)


async def placed(database: Database, orders: list[Wanted], cuts: set[int]) -> dict[str, Any]:
    """What everybody heard and every row there is, when groups end at `cuts`."""
    counter = await stocked(database)
    requests = [
        counter.request(
            each.customer,
            *each.lines,
            key=f"key-{each.key}" if each.key else None,
            reference=f"R-{each.reference}" if each.reference else None,
            pay_now=each.pay_now,
        )
        for each in orders
    ]
    heard: list[str] = []
    bounds = sorted({0, len(requests), *(cut for cut in cuts if cut < len(requests))})
    for start, end in pairwise(bounds):
        heard += await counter.place(*requests[start:end])
    assert (await audit(SqlAuditor(database))).violations == []
    return {"heard": heard, **{name: await _rows(database, name) for name in WRITTEN}}


async def _rows(database: Database, name: str) -> list[tuple[Any, ...]]:
    table = tables.metadata.tables[name]
    async with database.read_sessions() as session:
        return sorted(
            tuple(
                str(value)
                for column, value in row._mapping.items()
                if column not in UNORDERED[name]
            )
            for row in await session.execute(select(table))
        )


# Movements of one group are numbered by the database; ids of tasks are made in the order of groups.
UNORDERED = {name: set[str]() for name in WRITTEN} | {"stock_movements": {"id"}, "tasks": {"id"}}


class Databases:
    """A fresh one for every run of every example."""

    def __init__(self, template: Path | None, postgres: RecycledPostgres | None) -> None:
        self._template = template
        self._postgres = postgres

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[Database]:
        if self._template is not None:
            with tempfile.TemporaryDirectory() as directory:
                file = shutil.copy(self._template, Path(directory) / "orderwright.db")
                database = patient_database(f"sqlite+aiosqlite:///{file}")
                yield database
                await database.dispose()
        else:
            assert self._postgres is not None
            name = await self._postgres.take()
            database = patient_database(self._postgres.url_of(name))
            yield database
            await database.dispose()
            await self._postgres.give_back(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    if request.param == "sqlite":
        return Databases(request.getfixturevalue("sqlite_template"), None)
    return Databases(None, request.getfixturevalue("recycled_postgres"))


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(orders=ORDERS, cuts=CUTS)
async def test_orders_in_groups_and_one_by_one_come_to_the_same(
    databases: Databases, orders: list[Wanted], cuts: list[int]
) -> None:
    async with databases.fresh() as database:
        one_by_one = await placed(database, orders, set(range(len(orders))))
    for groups in (set[int](), set(cuts)):
        async with databases.fresh() as database:
            assert await placed(database, orders, groups) == one_by_one
