from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.interfaces.order_reader import (
    OrderFilter,
    OrderPage,
    OrderSort,
    OrderView,
)
from orderwright.domain.value_objects.money import Money
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.bulk.trouble import driver_errors_in_domain_words
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.errors import in_domain_words
from orderwright.infrastructure.database.readers.common_questions import CommonQuestions
from orderwright.infrastructure.database.readers.order_cursor import OrderCursor, sort_value
from orderwright.infrastructure.database.readers.order_parts import (
    adjustments_in,
    items_in,
    part_columns,
)
from orderwright.infrastructure.database.readers.order_search import FEW, OrderSearch

_orders: Final = tables.orders.c


class SqlOrderReader:
    """One SELECT a page, however many orders are on it. One or two more where it has to be found
    out first what a filter leads to."""

    def __init__(self, database: Database, *, few: int = FEW) -> None:
        self._database = database
        self._few = few
        self._common = CommonQuestions(database)
        self._parts = part_columns(database.dialect)
        self._one = select(tables.orders, *self._parts).where(_orders.id == bindparam("order_id"))

    async def get(self, order_id: int) -> OrderView | None:
        with in_domain_words(), driver_errors_in_domain_words():
            return await self._common.get(order_id)

    async def page(
        self,
        narrowed: OrderFilter,
        *,
        sort: OrderSort,
        limit: int,
        skip: int = 0,
        cursor: str | None = None,
        count: bool = False,
    ) -> OrderPage:
        if not count:
            after = None if cursor is None else OrderCursor.parse(cursor, sort)
            with in_domain_words(), driver_errors_in_domain_words():
                common = await self._common.page(narrowed, sort, after, skip=skip, limit=limit)
            if common is not None:
                return common
        with in_domain_words():
            async with self._database.read_sessions() as session:
                page = await self.page_in(
                    session, narrowed, sort=sort, limit=limit, skip=skip, cursor=cursor
                )
                if count:
                    return replace(page, total=await self._search(session).count(narrowed))
                return page

    async def get_in(self, session: AsyncSession, order_id: int) -> OrderView | None:
        row = (await session.execute(self._one, {"order_id": order_id})).one_or_none()
        return None if row is None else _order(row)

    async def page_in(
        self,
        session: AsyncSession,
        narrowed: OrderFilter,
        *,
        sort: OrderSort,
        limit: int,
        skip: int,
        cursor: str | None,
    ) -> OrderPage:
        after = None if cursor is None else OrderCursor.parse(cursor, sort)
        # One more than asked for tells whether there is a next page.
        page = await self._search(session).page(narrowed, sort, after, skip=skip, rows=limit + 1)
        found = await self._views(session, page)
        return OrderPage(
            orders=tuple(view for _, view in found[:limit]),
            next_cursor=_cursor_at(sort, found[limit - 1][0]) if len(found) > limit else None,
        )

    def _search(self, session: AsyncSession) -> OrderSearch:
        return OrderSearch(session, self._few)

    async def _views(
        self, session: AsyncSession, orders: Select[Any]
    ) -> list[tuple[Row[Any], OrderView]]:
        rows = await session.execute(orders.add_columns(*self._parts))
        return [(row, _order(row)) for row in rows]


def _cursor_at(sort: OrderSort, row: Row[Any]) -> str:
    return str(OrderCursor(sort, sort_value(sort, row), row.id))


def _order(row: Row[Any]) -> OrderView:
    return OrderView(
        id=row.id,
        status=row.status,
        payment_status=row.payment_status,
        fulfilment_status=row.fulfilment_status,
        customer_id=row.customer_id,
        currency=row.currency,
        total=Money(row.total_minor, row.currency),
        channel=row.channel,
        reference=row.reference,
        notes=row.notes,
        shipping_address=row.shipping_address,
        billing_address=row.billing_address,
        metadata=row.metadata,
        cancellation_requested_at=row.cancellation_requested_at,
        cancellation_reason=row.cancellation_reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        items=items_in(row.items),
        adjustments=adjustments_in(row.adjustments),
    )
