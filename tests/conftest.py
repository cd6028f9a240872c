"""Resources that tests share: databases of both kinds, each test its own; and real data."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import pytest

from devtools.postgres_binaries import PostgresNotFound
from orderwright.infrastructure.database import migrate
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.security import rate_limits
from tests.patience import REDIS_S, patient_database
from tests.postgres import MigratedPostgres, migrated_postgres
from tests.recycled_postgres import RecycledPostgres
from tests.redis_server import RedisNotFound, RedisServer, redis_server

_REPOSITORY = Path(__file__).parents[1]
_OPEN = pytest.StashKey[ExitStack]()
_POSTGRES = pytest.StashKey[MigratedPostgres]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Under xdist the controller runs the one server and tells its workers where it is."""
    try:
        node.workerinput["postgres"] = asdict(_postgres(node.config))
    except PostgresNotFound as missing:
        node.workerinput["postgres"] = str(missing)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash.get(_OPEN, ExitStack()).close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many cases one test went through; said here, for tests run in other processes too."""
    for report in terminalreporter.getreports("passed"):
        if cases := dict(report.user_properties).get("cases"):
            terminalreporter.write_line(f"{cases} cases: {report.nodeid.rpartition('::')[2]}")


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> MigratedPostgres:
    told = getattr(pytestconfig, "workerinput", {}).get("postgres")
    if isinstance(told, dict):
        return MigratedPostgres(**told)
    try:
        return _postgres(pytestconfig)
    except PostgresNotFound as missing:
        _missing(f"NOT TESTED ON POSTGRESQL: {missing}")


@pytest.fixture(scope="session")
def recycled_postgres(postgres: MigratedPostgres) -> RecycledPostgres:
    return RecycledPostgres(postgres)


@pytest.fixture
async def postgresql_url(recycled_postgres: RecycledPostgres) -> AsyncIterator[str]:
    """A migrated, empty PostgreSQL database of this test's own."""
    name = await recycled_postgres.take()
    yield recycled_postgres.url_of(name)
    await recycled_postgres.give_back(name)


@pytest.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "orderwright.db"
    await migrate.upgrade(_sqlite_url(file))
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite file of this test's own."""
    return _sqlite_url(Path(shutil.copy(sqlite_template, tmp_path / "orderwright.db")))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs twice: on a migrated, empty database of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = patient_database(database_url)
    yield database
    await database.dispose()


@pytest.fixture
def _patience_with_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of a second, as requests have, may pass on a busy machine before it answers."""
    monkeypatch.setattr(rate_limits, "ANSWER_WITHIN_S", REDIS_S)


@pytest.fixture
def redis(_patience_with_redis: None) -> Iterator[RedisServer]:
    """A Redis of this test's own, to be killed at will."""
    try:
        with redis_server() as server:
            yield server
    except RedisNotFound as missing:
        _missing(f"NOT TESTED WITH REDIS: {missing}")


@pytest.fixture(scope="session")
def _shared_redis() -> Iterator[RedisServer]:
    try:
        with redis_server() as server:
            yield server
    except RedisNotFound as missing:
        _missing(f"NOT TESTED WITH REDIS: {missing}")


@pytest.fixture
def redis_url(_shared_redis: RedisServer, _patience_with_redis: None) -> str:
    """An empty Redis."""
    _shared_redis.flush()
    return _shared_redis.url


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real sales, rates and vendor payloads; they lie beside the repository, not in it."""
    named = os.environ.get("ORDERWRIGHT_SHARED_DATA")
    directory = Path(named) if named else _REPOSITORY.parent / "shared" / "data"
    if not directory.is_dir():
        pytest.skip(f"NOT TESTED ON REAL DATA: no {directory}; see ORDERWRIGHT_SHARED_DATA")
    return directory


def _postgres(config: pytest.Config) -> MigratedPostgres:
    """Raises: PostgresNotFound."""
    if _POSTGRES not in config.stash:
        config.stash[_OPEN] = ExitStack()
        config.stash[_POSTGRES] = config.stash[_OPEN].enter_context(migrated_postgres())
    return config.stash[_POSTGRES]


def _missing(what: str) -> NoReturn:
    """In continuous integration nothing may be skipped in silence."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def _sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"
