"""A made-up past of hundreds of orders, multiplied inside the database, is one that a shop could have."""

from collections.abc import Sequence
from typing import Any, Final

import pytest
from sqlalchemy import text

from benchmarks.plans.filling import fill
from benchmarks.plans.shop import RARE_PRODUCT
from orderwright.domain.interfaces.auditor import Violation
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database

# Four of each of 125, and three of each of 100 but for the last, which has one to be left out.
_MULTIPLIED: Final = (500, 125)
_WITH_REST: Final = (299, 100)
# Nothing was paid and nothing sent: there are no payments and no shipments.
_LEFT_OUT: Final = {
    "order_payment_status_as_payments",
    "confirmed_orders_are_covered",
    "fulfilment_status_as_lines",
    "status_as_shipments",
}


@pytest.mark.parametrize(("orders", "seeds"), [_MULTIPLIED, _WITH_REST])
async def test_the_past_agrees_with_itself_but_for_what_is_left_out(
    database: Database, database_url: str, orders: int, seeds: int
) -> None:
    await fill(database_url, orders, ledgers=True, seeds=seeds)

    violations: list[Violation] = []
    looked_at = await SqlAuditor(database).examine(violations.append)
    assert {each.check for each in violations} == _LEFT_OUT
    assert looked_at["orders_have_lines"] == orders


async def test_ids_follow_time_and_what_is_asked_for_is_there(
    database: Database, database_url: str
) -> None:
    await fill(database_url, 500, ledgers=True, seeds=125)

    ids = [(number,) for number in range(1, 501)]
    assert await _rows(database, "SELECT id FROM orders ORDER BY id") == ids
    by_time = "SELECT id FROM orders WHERE channel <> 'import' ORDER BY created_at, id"
    assert await _rows(database, by_time) == await _rows(
        database, "SELECT id FROM orders WHERE channel <> 'import' ORDER BY id"
    )
    assert await _rows(database, "SELECT id FROM orders WHERE reference = 'R-1'") == [(1,)]
    rare = f"SELECT COUNT(*) FROM order_items WHERE product_id = {RARE_PRODUCT}"  # noqa: S608
    assert await _rows(database, rare) == [(62,)]  # of every second of the 125


async def test_the_indexes_are_those_of_the_schema(database: Database, database_url: str) -> None:
    before = await _rows(database, _INDEXES[database.dialect])
    await database.dispose()

    await fill(database_url, 20, ledgers=True, seeds=10)

    assert await _rows(database, _INDEXES[database.dialect]) == before


async def test_more_can_be_written_afterwards(database: Database, database_url: str) -> None:
    """Numbers go on where the past ends, and nothing is looser than it was."""
    await fill(database_url, 20, seeds=10)

    async with database.write_engine.begin() as connection:
        copied = await connection.execute(text(_COPY_OF_THE_LAST))
        assert [row.id for row in copied] == [21]


_INDEXES: Final = {
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY 1",
}
_COPY_OF_THE_LAST: Final = """
INSERT INTO orders (
    customer_id, status, payment_status, fulfilment_status, currency, total_minor,
    total_ten_thousandths, channel, metadata, created_at, updated_at, version
)
SELECT customer_id, status, payment_status, fulfilment_status, currency, total_minor,
       total_ten_thousandths, channel, metadata, created_at, updated_at, version
FROM orders WHERE id = 20
RETURNING id
"""


async def _rows(database: Database, statement: str) -> Sequence[Any]:
    async with database.read_engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(statement))]
