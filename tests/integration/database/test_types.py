from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, Table, insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.types import (
    BigInt,
    Bytes,
    Flag,
    Json,
    NaiveTime,
    String_,
    UtcDateTime,
)

SAMPLES = Table(
    "samples",
    MetaData(),
    Column("id", BigInt, primary_key=True),
    Column("whole", BigInt),
    Column("word", String_(40)),
    Column("at", UtcDateTime),
    Column("on", Flag),
    Column("document", Json),
    Column("content", Bytes),
    sqlite_strict=True,
)


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[AsyncConnection]:
    async with database.write_engine.connect() as connection:
        await connection.run_sync(SAMPLES.create)
        yield connection


async def stored(connection: AsyncConnection, column: str, *values: Any) -> list[Any]:
    """What comes back, in the order in which it was stored."""
    await connection.execute(insert(SAMPLES), [{column: each} for each in values])
    return list(await connection.scalars(select(SAMPLES.c[column]).order_by(SAMPLES.c.id)))


async def ordered(connection: AsyncConnection, column: str, *values: Any) -> list[Any]:
    """What comes back, in the order that the database itself makes of it."""
    await stored(connection, column, *values)
    return list(await connection.scalars(select(SAMPLES.c[column]).order_by(SAMPLES.c[column])))


async def test_whole_numbers_keep_all_64_bits(connection: AsyncConnection) -> None:
    assert await ordered(connection, "whole", 2**63 - 1, -(2**63)) == [-(2**63), 2**63 - 1]


async def test_rows_are_numbered_by_the_database(connection: AsyncConnection) -> None:
    added = await connection.scalars(insert(SAMPLES).returning(SAMPLES.c.id), [{}, {}])

    assert sorted(added) == [1, 2]


async def test_words_come_in_the_same_order_everywhere(connection: AsyncConnection) -> None:
    words = ["a", "B", "_", "ä", "Z", "\N{GRINNING FACE}", "a b", "ab"]

    assert await ordered(connection, "word", *words) == sorted(words)


async def test_instants_come_back_in_utc_to_the_microsecond(connection: AsyncConnection) -> None:
    in_tokyo = datetime(2026, 1, 1, 3, 0, 0, 1, timezone(timedelta(hours=9)))

    assert await stored(connection, "at", in_tokyo) == [datetime(2025, 12, 31, 18, 0, 0, 1, UTC)]


async def test_instants_are_ordered_as_time_is(connection: AsyncConnection) -> None:
    whole = datetime(2026, 1, 1, tzinfo=UTC)
    instants = [whole - timedelta(microseconds=1), whole, whole + timedelta(microseconds=1)]

    assert await ordered(connection, "at", *reversed(instants)) == instants


async def test_instants_can_be_compared_in_a_query(connection: AsyncConnection) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    await stored(connection, "at", noon, noon + timedelta(hours=1))

    later = await connection.scalars(select(SAMPLES.c.at).where(SAMPLES.c.at > noon))

    assert later.all() == [noon + timedelta(hours=1)]


async def test_a_time_without_a_zone_is_refused(connection: AsyncConnection) -> None:
    with pytest.raises(StatementError) as refused:
        await stored(connection, "at", datetime(2026, 1, 1))  # noqa: DTZ001 - the point

    assert isinstance(refused.value.orig, NaiveTime)


async def test_flags_come_back_as_booleans(connection: AsyncConnection) -> None:
    found = await ordered(connection, "on", True, False)

    assert found == [False, True]
    assert {type(each) for each in found} == {bool}


@pytest.mark.parametrize("condition", [SAMPLES.c.on, SAMPLES.c.on.is_(True), SAMPLES.c.on == True])  # noqa: E712 - SQL
async def test_a_flag_is_a_condition(connection: AsyncConnection, condition: Any) -> None:
    await stored(connection, "on", True, False)

    assert (await connection.scalars(select(SAMPLES.c.id).where(condition))).all() == [1]
    assert (await connection.scalars(select(SAMPLES.c.id).where(~condition))).all() == [2]


async def test_documents_come_back_as_they_were(connection: AsyncConnection) -> None:
    document = {"b": "30.50", "a": ["ä", None, True], "nested": {"n": 2**53}}

    [found] = await stored(connection, "document", document)

    assert found == document
    assert list(found) == ["b", "a", "nested"]


async def test_a_document_that_is_not_json_is_refused(connection: AsyncConnection) -> None:
    with pytest.raises(StatementError) as refused:
        await stored(connection, "document", {"share": float("nan")})

    assert isinstance(refused.value.orig, ValueError)


async def test_bytes_come_back_as_they_were(connection: AsyncConnection) -> None:
    assert await stored(connection, "content", b"\x00\xff") == [b"\x00\xff"]


@pytest.mark.parametrize("column", ["whole", "word", "at", "on", "document", "content"])
async def test_nothing_is_null(connection: AsyncConnection, column: str) -> None:
    await stored(connection, column, None)

    empty = await connection.scalars(select(SAMPLES.c.id).where(SAMPLES.c[column].is_(None)))

    assert empty.all() == [1]


@pytest.mark.parametrize("literal", ["'ten'", "10.5", "x'00'"])
async def test_sqlite_too_refuses_what_is_no_whole_number(
    connection: AsyncConnection, literal: str
) -> None:
    if connection.dialect.name == "postgresql" and literal == "10.5":
        literal = "'10.5'"  # a numeric literal would be rounded by an assignment cast
    with pytest.raises(DBAPIError):
        await connection.execute(text(f"INSERT INTO samples (whole) VALUES ({literal})"))  # noqa: S608
