"""Nothing that is counted, money least of all, is ever stored as a float."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from orderwright.infrastructure.database.tables import metadata
from orderwright.infrastructure.database.types import BigInt
from tests.integration.audit.conftest import Busy
from tests.patience import patient_database

NUMBERS = [
    column
    for table in metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, BigInt)
]


async def test_after_all_its_work_sqlite_holds_only_whole_numbers(busy_sqlite: Busy) -> None:
    database = patient_database(busy_sqlite.url)
    found = set()
    async with database.read_sessions() as session:
        for column in NUMBERS:
            stored = await session.scalars(select(func.typeof(column)).distinct())
            found |= {(str(column), kind) for kind in stored if kind != "null"}
    await database.dispose()

    assert {kind for _, kind in found} == {"integer"}
    assert {"orders.total_minor", "payments.captured_minor"} < {column for column, _ in found}


async def test_every_table_of_sqlite_is_strict(busy_sqlite: Busy) -> None:
    database = patient_database(busy_sqlite.url)
    async with database.read_sessions() as session:
        listed = await session.execute(text("SELECT name, strict FROM pragma_table_list"))
        strict = {name for name, is_strict in listed if is_strict}
        # STRICT still knows REAL; no column asks for it.
        asked = await session.scalars(
            text(
                "SELECT DISTINCT c.type FROM pragma_table_list AS t, pragma_table_info(t.name) AS c"
                " WHERE t.strict"
            )
        )
        types = set(asked)
    await database.dispose()

    assert strict == set(metadata.tables)
    assert types == {"INTEGER", "TEXT", "BLOB"}


@pytest.mark.parametrize("number", ["1.5", "'1.50'", "1e300", "9223372036854775808"])
async def test_sqlite_refuses_what_is_no_whole_number(busy_sqlite: Busy, number: str) -> None:
    database = patient_database(busy_sqlite.url)
    async with database.write_sessions() as session:
        with pytest.raises(DBAPIError, match=r"cannot store (REAL|TEXT)"):
            await session.execute(text(f"UPDATE orders SET total_minor = {number}"))  # noqa: S608
        await session.rollback()
    await database.dispose()


async def test_no_column_of_postgresql_is_inexact(busy_postgresql: Busy) -> None:
    database = patient_database(busy_postgresql.url)
    async with database.read_sessions() as session:
        asked = await session.execute(
            text(
                "SELECT table_name || '.' || column_name, data_type"
                " FROM information_schema.columns WHERE table_schema = 'public'"
            )
        )
        types = {column: kind for column, kind in asked if "alembic" not in column}
    await database.dispose()

    assert {types[str(column)] for column in NUMBERS} == {"bigint"}
    assert set(types.values()).isdisjoint({"real", "double precision", "numeric", "money"})
