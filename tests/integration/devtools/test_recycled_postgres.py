"""A database that was used before is as good as a new one, or it is not used again."""

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import make_url

from tests.postgres import MigratedPostgres
from tests.recycled_postgres import RecycledPostgres

_ROWS = "SELECT (SELECT count(*) FROM locations), (SELECT count(*) FROM customers)"
_CUSTOMER = """
INSERT INTO customers (name, metadata, version, created_at, updated_at)
VALUES ('Ada', '{}', 1, now(), now()) RETURNING id
"""


async def connected(postgres: RecycledPostgres, name: str) -> "asyncpg.Connection":
    url = make_url(postgres.url_of(name)).set(drivername="postgresql")
    return await asyncpg.connect(url.render_as_string(hide_password=False))


async def used(postgres: RecycledPostgres, *statements: str) -> tuple[str, str]:
    """The names of one that was used so, and of the next."""
    name = await postgres.take()
    connection = await connected(postgres, name)
    for statement in statements:
        await connection.execute(statement)
    await postgres.give_back(name)  # with a connection still open
    connection.terminate()
    return name, await postgres.take()


async def test_rows_and_sequences_are_as_at_the_start(postgres: MigratedPostgres) -> None:
    recycled = RecycledPostgres(postgres)
    changes = (
        "UPDATE alembic_version SET version_num = 'later'",
        "DELETE FROM locations WHERE id = 1",
        "UPDATE event_feed_head SET position = 99",
    )
    first, second = await used(recycled, _CUSTOMER, *changes)
    assert first == second
    connection = await connected(recycled, second)
    assert tuple(await connection.fetchrow(_ROWS)) == (1, 0)
    assert await connection.fetchval("SELECT position FROM event_feed_head") == 1
    assert await connection.fetchval("SELECT version_num FROM alembic_version") != "later"
    assert await connection.fetchval(_CUSTOMER) == 1
    await connection.close()
    await postgres.drop_database(second)


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE more (id bigint)",
        "ALTER TABLE orders ALTER COLUMN channel DROP NOT NULL",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DROP INDEX ix_tasks_unfinished",
        "ANALYZE locations",
        "ALTER TABLE orders ADD CONSTRAINT more CHECK (id > 0)",
        "CREATE SCHEMA elsewhere",
    ],
)
async def test_what_is_no_longer_as_the_template_is_dropped(
    postgres: MigratedPostgres, change: str
) -> None:
    recycled = RecycledPostgres(postgres)
    first, second = await used(recycled, change)
    assert first != second
    await postgres.drop_database(second)
