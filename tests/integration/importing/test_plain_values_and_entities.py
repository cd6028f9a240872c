"""What an import writes of a past sale is what its entities would have written, row by row."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, select

from orderwright.application.queries.audit import audit
from orderwright.domain.value_objects.address import Address
from orderwright.infrastructure.database import tables, tables_fulfilment, tables_payments
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.unit_of_work import SqlUnitOfWork
from tests.back_office import BackOffice
from tests.integration.importing.lived import IdsOf, Line, Sold, by_entities, by_values

LINES = st.lists(
    st.builds(
        Line,
        product_id=st.integers(1, 3),
        quantity=st.integers(1, 1_000),
        ten_thousandths=st.integers(0, 3) | st.integers(0, 10**7),
        tracked=st.booleans(),
    ),
    min_size=1,
    max_size=5,
)
SOLD = st.builds(
    Sold,
    lines=LINES.map(tuple),
    postage_minor=st.none() | st.integers(0, 10_000),
    hours=st.none() | st.integers(0, 100),
    address=st.none() | st.just(Address(name="Ada", city="Zürich", country="CH")),
)

_payments, _shipments = tables_payments.payments.c, tables_fulfilment.shipments.c
Side = Callable[[Sold, int, SqlUnitOfWork, IdsOf], Awaitable[int]]


def _rows_of(order_id: int) -> dict[str, Select[Any]]:
    """Every table that a sale writes to, but the levels of stock, which the audit adds up."""
    payments = select(_payments.id).where(_payments.order_id == order_id)
    shipments = select(_shipments.id).where(_shipments.order_id == order_id)
    events = tables.events.c
    return {
        "orders": select(tables.orders).where(tables.orders.c.id == order_id),
        "payment_operations": select(tables_payments.payment_operations).where(
            tables_payments.payment_operations.c.payment_id.in_(payments)
        ),
        "shipment_items": select(tables_fulfilment.shipment_items).where(
            tables_fulfilment.shipment_items.c.shipment_id.in_(shipments)
        ),
        "events": select(tables.events).where(
            events.aggregate == "order", events.aggregate_id == order_id
        ),
        **{
            table.name: select(table).where(table.c.order_id == order_id)
            for table in (
                tables.order_items,
                tables.order_adjustments,
                tables_payments.payments,
                tables_fulfilment.shipments,
                tables.reservations,
                tables.stock_movements,
            )
        },
    }


class Shop:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._office = BackOffice(database)
        self._sides = count(100_000)

    async def open(self) -> None:
        await self._office.customer()
        for sku in ("SKU-1", "SKU-2", "SKU-3"):
            await self._office.product(sku, stock=5)

    async def written(self, write: Side, sold: Sold) -> dict[str, list[str]]:
        """The rows of one sale, as if it were the only one."""
        side = f"side-{next(self._sides)}"
        async with self._office.uow() as uow:
            order_id = await write(sold, 1, uow, IdsOf(side))
            await uow.commit()
        async with self._database.read_sessions() as session:
            return {
                name: sorted(
                    str(_anonymous(name, row._mapping, order_id)).replace(side, "id")
                    for row in await session.execute(query)
                )
                for name, query in _rows_of(order_id).items()
            }

    async def violations(self) -> list[Any]:
        return list((await audit(SqlAuditor(self._database))).violations)


def _anonymous(name: str, row: Any, order_id: int) -> dict[str, Any]:
    numbered = {"id"} if name in {"events", "stock_movements"} else set[str]()
    numbers = {"order_id", "aggregate_id"} | ({"id"} if name == "orders" else set[str]())
    return {
        column: "ORDER" if column in numbers and value == order_id else value
        for column, value in row.items()
        if column not in numbered
    }


@pytest.fixture
async def shop(database: Database) -> Shop:
    shop = Shop(database)
    await shop.open()
    return shop


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sold=SOLD)
async def test_plain_values_and_entities_write_the_same_rows(shop: Shop, sold: Sold) -> None:
    as_values = await shop.written(by_values, sold)

    assert as_values == await shop.written(by_entities, sold)
    assert [len(as_values[name]) for name in ("orders", "order_items")] == [1, len(sold.lines)]
    assert await shop.violations() == []
