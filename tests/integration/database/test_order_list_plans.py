"""Each filter with each sort is served by an index on both databases. `make plans` asks the same of a
million orders."""

import pytest
from sqlalchemy import text

from benchmarks.plans.asking import Asking, Found
from benchmarks.plans.filling import fill
from orderwright.infrastructure.database import engines

_ORDERS = 6_000
# The largest customer and the best sold product have fewer: in a shop this small PostgreSQL does well to
# sort all orders of theirs.
_FEW = 720

# Of what most orders have, any index by time finds enough.
_INDEX_BY_TIME = {
    "status: new ones": "ix_orders_status",
    "payment_status: few": "ix_orders_payment_status",
    "fulfilment_status: few": "ix_orders_fulfilment_status",
    "channel: few": "ix_orders_channel",
    "customer_id: the largest": "ix_orders_customer",
    "customer_id: typical": "ix_orders_customer",
    "reference": "ix_orders_reference",
    "created: last half year": "ix_orders_created_at",
    "created: one old day": "ix_orders_created_at",
    "total: highest": "ix_orders_total",
}


@pytest.fixture
async def filled_url(database_url: str) -> str:
    await fill(database_url, _ORDERS)
    engine = engines.for_migrations(database_url)
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # the service never analyses SQLite
            await connection.execute(text("ANALYZE"))
    await engine.dispose()
    return database_url


async def test_no_list_is_scanned(filled_url: str) -> None:
    found = await Asking(_ORDERS, few=_FEW, tries=1).everything(filled_url)

    faults = {str(each.question): list(each.faults) for each in found}
    assert {question: these for question, these in faults.items() if these} == {}
    assert {str(each.question) for each in found if not _index(each) & _indexes(each)} == set()


def _index(found: Found) -> set[str]:
    """The one by which this list should be found; any, where that is left open."""
    by = found.question.by
    if found.question.name == "none":
        return {
            {"created_at": "ix_orders_created_at", "total": "ix_orders_total"}.get(by, "pk_orders")
        }
    if by == "created_at" and found.question.name in _INDEX_BY_TIME:
        return {_INDEX_BY_TIME[found.question.name]}
    return _indexes(found)


def _indexes(found: Found) -> set[str]:
    return {index for work in found.works for index in work.indexes}
