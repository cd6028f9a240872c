import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from orderwright.infrastructure.database import engines, migrate, sqlite_driver, standing
from orderwright.infrastructure.database.standing import Standing
from orderwright.infrastructure.database.tables import metadata
from tests.integration.database.catalogue import catalogue
from tests.postgres import MigratedPostgres

T = TypeVar("T")

_UPGRADE = """
import asyncio, sys
from orderwright.infrastructure.database import migrate
asyncio.run(migrate.upgrade(sys.argv[1]))
"""


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/empty.db"


@pytest.fixture
async def empty_postgresql(postgres: MigratedPostgres) -> AsyncIterator[str]:
    name = await postgres.create_database(template="template0")
    yield postgres.url_of(name)
    await postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"empty_{request.param}")
    return url


async def run(url: str, work: Callable[[Connection], T]) -> T:
    engine = engines.for_migrations(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


async def execute(url: str, statement: str) -> None:
    await run(url, lambda connection: connection.execute(text(statement)))


async def execute_script(url: str, script: str) -> None:
    """Many statements at once, as `psql` and `sqlite3` take them."""
    if url.startswith("sqlite"):
        file = sqlite_driver.driver().connect(url.removeprefix("sqlite+aiosqlite:///"))
        file.executescript(script)
        file.close()
        return
    engine = engines.for_migrations(url)
    async with engine.connect() as connection:
        await (await driver_of(connection)).execute(script)
    await engine.dispose()


async def driver_of(connection: AsyncConnection) -> Any:
    return (await connection.get_raw_connection()).driver_connection


async def test_migrations_build_what_the_tables_say(empty_url: str) -> None:
    await migrate.upgrade(empty_url)
    migrated = await run(empty_url, catalogue)
    await migrate.downgrade(empty_url, "base")
    await run(empty_url, metadata.create_all)

    assert migrated["columns"]
    assert migrated == await run(empty_url, catalogue)


async def test_going_down_leaves_nothing_and_up_again_leads_to_the_same(empty_url: str) -> None:
    nothing = await run(empty_url, catalogue)
    await migrate.upgrade(empty_url)
    schema = await run(empty_url, catalogue)

    await migrate.downgrade(empty_url, "base")
    assert await run(empty_url, catalogue) == nothing

    await migrate.upgrade(empty_url)
    assert await run(empty_url, catalogue) == schema


async def test_the_printed_sql_builds_the_same(empty_url: str) -> None:
    dialect = "sqlite" if empty_url.startswith("sqlite") else "postgresql"
    await migrate.upgrade(empty_url)
    schema = await run(empty_url, catalogue)

    await execute_script(empty_url, migrate.downgrade_sql(dialect, "head:base"))
    assert await standing.check(empty_url) is Standing.UNVERSIONED

    await execute(empty_url, "DROP TABLE IF EXISTS alembic_version")
    await execute_script(empty_url, migrate.upgrade_sql(dialect))
    assert await run(empty_url, catalogue) == schema
    assert await standing.check(empty_url) is Standing.AT_HEAD


async def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    schema = await run(database_url, catalogue)

    await migrate.upgrade(database_url)

    assert await run(database_url, catalogue) == schema


async def test_a_failed_upgrade_leaves_nothing_half_built(empty_url: str) -> None:
    await execute(empty_url, "CREATE TABLE users (id INTEGER PRIMARY KEY)")
    before = await run(empty_url, catalogue)

    with pytest.raises(SQLAlchemyError, match="already exists"):
        await migrate.upgrade(empty_url)

    assert await run(empty_url, catalogue) == before
    assert await standing.check(empty_url) is Standing.UNVERSIONED


async def test_processes_that_upgrade_at_once_wait_for_each_other(empty_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", _UPGRADE, empty_url)
        for _ in range(3)
    ]

    assert [await each.wait() for each in processes] == [0, 0, 0]
    assert await standing.check(empty_url) is Standing.AT_HEAD


async def test_a_sqlite_file_is_created_where_it_is_wanted(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/new/place/orderwright.db"

    assert await standing.check(url) is Standing.UNVERSIONED
    assert not (tmp_path / "new").exists()

    await migrate.upgrade(url)
    assert await standing.check(url) is Standing.AT_HEAD


async def test_an_empty_database_has_no_revision(empty_url: str) -> None:
    assert await standing.current(empty_url) is None
    assert await standing.check(empty_url) is Standing.UNVERSIONED


async def test_a_database_of_a_newer_release_is_recognised(database_url: str) -> None:
    await execute(database_url, "UPDATE alembic_version SET version_num = 'from_the_future'")

    assert await standing.check(database_url) is Standing.AHEAD


async def test_a_database_of_an_older_release_is_recognised(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_later_one = [*standing.revisions(), "a_later_revision"]
    monkeypatch.setattr(standing, "revisions", lambda: with_a_later_one)

    assert await standing.check(database_url) is Standing.BEHIND


async def test_on_sqlite_rows_that_point_at_nothing_stop_an_upgrade(sqlite_url: str) -> None:
    await execute(
        sqlite_url,
        "INSERT INTO stock_levels (product_id, location_id, on_hand, reserved, backorder, version)"
        " VALUES (1, 1, 0, 0, 0, 1)",
    )

    with pytest.raises(Exception, match="1 rows, the first in stock_levels"):
        await migrate.upgrade(sqlite_url)


def test_revisions_are_told_by_the_names_of_their_files() -> None:
    scripts = ScriptDirectory(Path(standing.__file__).with_name("migrations"))

    newest_first = [script.revision for script in scripts.walk_revisions()]
    assert standing.revisions() == newest_first[::-1]
