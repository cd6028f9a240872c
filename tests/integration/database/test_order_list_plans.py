"""Each filter with each sort is served by an index on both databases. `make plans` asks the same of a
million orders."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from benchmarks.plans.asking import Asking, Found, explainer_of
from benchmarks.plans.explaining import overheard
from benchmarks.plans.filling import fill
from benchmarks.plans.shop import DISCONTINUED
from orderwright.domain.interfaces.order_reader import OrderFilter, OrderSort
from orderwright.infrastructure.database import engines
from orderwright.infrastructure.database.mapping import map_entities
from orderwright.infrastructure.database.readers.catalogue import SqlCatalogueReader
from orderwright.infrastructure.database.readers.orders import SqlOrderReader
from tests.patience import patient_database

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


CATALOGUE: dict[str, Callable[[SqlCatalogueReader], Awaitable[Any]]] = {
    "customers": lambda reader: reader.customers(skip=0, limit=20),
    "customers of an e-mail": lambda reader: reader.customers(
        skip=0, limit=20, email="C300@example.com"
    ),
    "customers of a reference": lambda reader: reader.customers(
        skip=0, limit=20, external_ref="nobody"
    ),
    "products": lambda reader: reader.products(skip=0, limit=20),
    "products of a SKU": lambda reader: reader.products(skip=0, limit=20, sku="SKU-4000"),
    "products no longer sold": lambda reader: reader.products(skip=0, limit=20, active=False),
    "stock": lambda reader: reader.stock_levels(
        skip=0, limit=20, product_id=None, location_id=None
    ),
    "stock of a product": lambda reader: reader.stock_levels(
        skip=0, limit=20, product_id=4000, location_id=None
    ),
    "stock of a location": lambda reader: reader.stock_levels(
        skip=0, limit=20, product_id=None, location_id=2
    ),
}


async def test_no_list_of_the_catalogue_is_scanned(filled_url: str) -> None:
    map_entities()
    database = patient_database(filled_url)
    reader = SqlCatalogueReader(database)
    rows = {}
    async with explainer_of(filled_url) as explainer:
        for name, ask in CATALOGUE.items():
            with overheard(database) as statements:
                await ask(reader)
            rows[name] = sum([(await explainer.explain(each)).rows for each in statements])
    await database.dispose()

    assert {name: looked_at for name, looked_at in rows.items() if looked_at > 100} == {}


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


@pytest.mark.parametrize("sort", [OrderSort.NEWEST, OrderSort.HIGHEST_ID])
async def test_what_is_no_longer_sold_is_found_without_passing_all_that_came_later(
    filled_url: str, sort: OrderSort
) -> None:
    """It has more than few orders, so the next ones should be near: but none of them is."""
    narrowed = OrderFilter(product_id=DISCONTINUED)
    database = patient_database(filled_url)
    async with explainer_of(filled_url) as explainer:
        with overheard(database) as statements:
            page = await SqlOrderReader(database, few=10).page(narrowed, sort=sort, limit=5)
        rows = sum([(await explainer.explain(each)).rows for each in statements])
    all_of_them = await SqlOrderReader(database).page(narrowed, sort=sort, limit=5)
    await database.dispose()

    assert page == all_of_them
    assert len(page.orders) == 5
    assert rows < _ORDERS // 4  # three quarters came later
