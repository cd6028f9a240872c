"""What is sent as text arrives as what it was."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import text

from orderwright.infrastructure.database.bulk.array_text import array_text_of
from orderwright.infrastructure.database.database import Database

NOON = datetime(2026, 3, 29, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
async def postgresql_database(postgresql_url: str) -> AsyncIterator[Database]:
    database = Database(postgresql_url)
    yield database
    await database.dispose()


async def read(database: Database, kind: str, column: list[Any]) -> list[Any]:
    as_text = array_text_of(kind)
    assert as_text is not None
    async with database.read_engine.connect() as connection:
        found = await connection.execute(
            text(f"SELECT * FROM unnest(CAST(CAST(:column AS TEXT) AS {kind}[]))"),  # noqa: S608
            {"column": as_text(column)},
        )
        return [each for (each,) in found]


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("BIGINT", [0, -1, 2**63 - 1, -(2**63)]),
        ("BIGINT", [None, 7, None]),
        ("BIGINT", []),
        ("BOOLEAN", [True, False, None]),
        ("TIMESTAMP WITH TIME ZONE", [NOON, None, datetime(1, 1, 1, tzinfo=UTC)]),
        ("TIMESTAMP WITH TIME ZONE", [datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)]),
        ("TEXT", []),
        ("TEXT", [""]),
        ("TEXT", ["", ""]),
        ("TEXT", [None, None]),
        ("TEXT", ["NULL", "null", None, ""]),
        ("TEXT", ['"', "\\", '\\"', "{", "}", ",", "{a,b}", '","', " a ", "\t\n\r\x01\x1f"]),
        ("TEXT", ["é", "漢字", "🦆", "\u2028", "a" * 100_000]),
        ("VARCHAR(64)", ["a", 'b"c']),
    ],
)
async def test_a_column_arrives_as_it_is(
    postgresql_database: Database, kind: str, column: list[Any]
) -> None:
    assert await read(postgresql_database, kind, column) == column


async def test_a_moment_of_another_zone_stays_the_same_moment(
    postgresql_database: Database,
) -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert await read(postgresql_database, "TIMESTAMP WITH TIME ZONE", [elsewhere]) == [NOON]


@pytest.mark.parametrize("column", [["a\0b"], ["a", "b\0"], ["\0", None]])
async def test_a_character_that_no_text_can_have_is_refused(
    postgresql_database: Database, column: list[str | None]
) -> None:
    with pytest.raises(Exception, match="invalid byte sequence"):
        await read(postgresql_database, "TEXT", column)


@pytest.mark.parametrize("kind", ["JSON", "BYTEA"])
def test_what_is_long_is_left_to_the_driver(kind: str) -> None:
    assert array_text_of(kind) is None
