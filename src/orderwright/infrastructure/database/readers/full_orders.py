from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.customer import Customer
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.shipment import Shipment
from orderwright.domain.interfaces.order_reader import (
    FullOrderPage,
    OrderFilter,
    OrderInFull,
    OrderSort,
    OrderView,
)
from orderwright.infrastructure.database import tables, tables_fulfilment, tables_payments
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.order_search import OrderSearch
from orderwright.infrastructure.database.readers.orders import SqlOrderReader
from orderwright.infrastructure.database.readers.reading import Reading


class SqlFullOrderReader(Reading):
    """Orders with what stands around them: one snapshot, and a fixed number of SELECTs a page."""

    def __init__(self, database: Database, orders: SqlOrderReader) -> None:
        super().__init__(database)
        self._orders = orders

    async def get(self, order_id: int) -> OrderInFull | None:
        async with self._session() as session:
            order = await self._orders.get_in(session, order_id)
            if order is None:
                return None
            (full,) = await _in_full(session, [order])
            return full

    async def page(
        self,
        narrowed: OrderFilter,
        *,
        sort: OrderSort,
        limit: int,
        skip: int = 0,
        cursor: str | None = None,
        count_at_most: int,
    ) -> FullOrderPage:
        async with self._session() as session:
            page = await self._orders.page_in(
                session, narrowed, sort=sort, limit=limit, skip=skip, cursor=cursor
            )
            orders = await _in_full(session, page.orders)
            counted = await OrderSearch(session).count(narrowed, at_most=count_at_most + 1)
        return FullOrderPage(
            orders=tuple(orders),
            next_cursor=page.next_cursor,
            total=min(counted, count_at_most),
            total_is_exact=counted <= count_at_most,
        )


async def _in_full(session: AsyncSession, orders: Sequence[OrderView]) -> list[OrderInFull]:
    ids = [order.id for order in orders]
    customers = await _customers(session, {order.customer_id for order in orders})
    payments = await _by_order(session, Payment, tables_payments.payments, ids)
    shipments = await _by_order(session, Shipment, tables_fulfilment.shipments, ids)
    return [
        OrderInFull(
            order=order,
            customer=customers[order.customer_id],
            payments=payments[order.id],
            shipments=shipments[order.id],
        )
        for order in orders
    ]


async def _customers(session: AsyncSession, ids: Collection[int]) -> dict[int, Customer]:
    found = await session.scalars(select(Customer).where(tables.customers.c.id.in_(ids)))
    return {customer.id: customer for customer in found}


async def _by_order(
    session: AsyncSession, entity: type[Any], table: Table, order_ids: Collection[int]
) -> dict[int, list[Any]]:
    found = await session.scalars(
        select(entity)
        .where(table.c.order_id.in_(order_ids))
        .order_by(table.c.created_at, table.c.id)
    )
    grouped: dict[int, list[Any]] = defaultdict(list)
    for each in found:
        grouped[each.order_id].append(each)
    return grouped
