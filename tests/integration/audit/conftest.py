"""The busy service is worked through once for each kind of database; tests share the outcome."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from orderwright.infrastructure.database.database import Database
from tests.integration.audit.busy_service import BusyService
from tests.integration.audit.lawless import without_guards
from tests.patience import patient_database
from tests.postgres import MigratedPostgres


@dataclass(frozen=True, slots=True)
class Busy:
    """`where` is a file or the name of a database; `orders` are ids by how the order went."""

    where: str
    url: str
    orders: dict[str, int]


@pytest.fixture(scope="session")
async def busy_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Busy:
    file = str(shutil.copy(sqlite_template, tmp_path_factory.mktemp("busy") / "orderwright.db"))
    return Busy(file, _sqlite_url(file), await _worked_through(_sqlite_url(file)))


@pytest.fixture(scope="session")
async def busy_postgresql(postgres: MigratedPostgres) -> AsyncIterator[Busy]:
    name = await postgres.create_database()
    url = postgres.url_of(name)
    yield Busy(name, url, await _worked_through(url))
    await postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def busy(request: pytest.FixtureRequest) -> Busy:
    busy: Busy = request.getfixturevalue(f"busy_{request.param}")
    return busy


@pytest.fixture
async def busy_database(busy: Busy) -> AsyncIterator[Database]:
    database = patient_database(busy.url)
    yield database
    await database.dispose()


@pytest.fixture(scope="session")
async def lawless_sqlite(
    busy_sqlite: Busy, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[AsyncEngine]:
    copy = shutil.copy(busy_sqlite.where, tmp_path_factory.mktemp("lawless") / "orderwright.db")
    async with without_guards(_sqlite_url(str(copy))) as engine:
        yield engine


@pytest.fixture(scope="session")
async def lawless_postgresql(
    busy_postgresql: Busy, postgres: MigratedPostgres
) -> AsyncIterator[AsyncEngine]:
    name = await postgres.create_database(busy_postgresql.where)
    async with without_guards(postgres.url_of(name)) as engine:
        yield engine
    await postgres.drop_database(name)


@pytest.fixture
def lawless(request: pytest.FixtureRequest, busy: Busy) -> AsyncEngine:
    """A copy of the same busy service without guards; a test rolls back what it does to it."""
    kind = "sqlite" if busy.url.startswith("sqlite") else "postgresql"
    engine: AsyncEngine = request.getfixturevalue(f"lawless_{kind}")
    return engine


async def _worked_through(url: str) -> dict[str, int]:
    database = patient_database(url)
    try:
        return await BusyService(database).work()
    finally:
        await database.dispose()


def _sqlite_url(file: str) -> str:
    return f"sqlite+aiosqlite:///{file}"
