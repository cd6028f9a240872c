import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest

from orderwright.infrastructure.database.bulk.sheet import Row, Sheet, sheet
from orderwright.infrastructure.database.bulk.writing import copy_rows

FIRST, SECOND = sheet("first", "id name"), sheet("second", "id")


class Refused(Exception):
    pass


class Connection:
    """Takes rows as asyncpg does: all at once, and then the database is at work for a while."""

    def __init__(self, *, fault: Exception | None = None) -> None:
        self.told: list[str] = []
        self.written: dict[str, list[Row]] = {}
        self._fault = fault

    async def copy_records_to_table(
        self, table: str, *, columns: Sequence[str], records: Iterable[Row]
    ) -> None:
        rows = list(records)
        self.told.append(f"{table} sent")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if self._fault is not None:
            raise self._fault
        assert all(len(row) == len(columns) for row in rows)
        self.written.setdefault(table, []).extend(rows)
        self.told.append(f"{table} written")

    def tables(self, rows: int) -> Iterator[tuple[Sheet, list[Row]]]:
        self.told.append("first made")
        yield FIRST, [(number, "a name") for number in range(rows)]
        self.told.append("second made")
        yield SECOND, [(number,) for number in range(rows)]


async def test_the_rows_of_a_table_are_made_while_those_before_them_are_written() -> None:
    connection = Connection()

    await copy_rows(connection, connection.tables(1_000))

    assert connection.told == [
        "first made",
        "first sent",
        "second made",
        "first written",
        "second sent",
        "second written",
    ]


async def test_few_rows_are_written_one_table_after_the_other() -> None:
    connection = Connection()

    await copy_rows(connection, connection.tables(3))

    assert connection.told.index("first written") < connection.told.index("second made")


@pytest.mark.parametrize("rows", [0, 3, 1_000, 12_000])
async def test_all_rows_are_written_in_their_order(rows: int) -> None:
    connection = Connection()

    await copy_rows(connection, connection.tables(rows))

    assert connection.written == (
        {"first": [(n, "a name") for n in range(rows)], "second": [(n,) for n in range(rows)]}
        if rows
        else {}
    )


@pytest.mark.parametrize("rows", [3, 1_000])
async def test_what_the_database_refuses_is_raised_and_nothing_follows(rows: int) -> None:
    connection = Connection(fault=Refused())

    with pytest.raises(Refused):
        await copy_rows(connection, connection.tables(rows))

    assert "second sent" not in connection.told


async def test_a_writer_that_is_cancelled_leaves_no_copy_behind() -> None:
    connection: Any = Connection()
    stuck = asyncio.Event()

    async def never(_table: str, *, columns: Sequence[str], records: Iterable[Row]) -> None:
        _ = columns, list(records)
        await stuck.wait()

    connection.copy_records_to_table = never
    writing = asyncio.create_task(copy_rows(connection, connection.tables(1_000)))
    while "second made" not in connection.told:
        await asyncio.sleep(0)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)

    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
