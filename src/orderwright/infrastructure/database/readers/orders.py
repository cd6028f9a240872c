from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.interfaces.order_reader import (
    AdjustmentView,
    OrderFilter,
    OrderItemView,
    OrderPage,
    OrderSort,
    OrderView,
)
from orderwright.domain.value_objects.money import Money, UnitPrice
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.errors import in_domain_words
from orderwright.infrastructure.database.readers.order_cursor import OrderCursor, sort_value
from orderwright.infrastructure.database.readers.order_search import FEW, OrderSearch

_orders: Final = tables.orders.c
_items: Final = tables.order_items.c
_adjustments: Final = tables.order_adjustments.c


class SqlOrderReader:
    """Three SELECTs a page, however many orders are on it: orders, their lines, their adjustments.
    One or two more where it has to be found out first what a filter leads to."""

    def __init__(self, database: Database, *, few: int = FEW) -> None:
        self._database = database
        self._few = few

    async def get(self, order_id: int) -> OrderView | None:
        with in_domain_words():
            async with self._database.read_sessions() as session:
                return await self.get_in(session, order_id)

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
        with in_domain_words():
            async with self._database.read_sessions() as session:
                page = await self.page_in(
                    session, narrowed, sort=sort, limit=limit, skip=skip, cursor=cursor
                )
                if count:
                    return replace(page, total=await self._search(session).count(narrowed))
                return page

    async def get_in(self, session: AsyncSession, order_id: int) -> OrderView | None:
        views = await self._views(session, select(tables.orders).where(_orders.id == order_id))
        return views[0][1] if views else None

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
        rows = (await session.execute(orders)).all()
        ids = [row.id for row in rows]
        items = await _by_order(
            session, select(tables.order_items).where(_items.order_id.in_(ids)).order_by(_items.id)
        )
        adjustments = await _by_order(
            session,
            select(tables.order_adjustments)
            .where(_adjustments.order_id.in_(ids))
            .order_by(_adjustments.position),
        )
        return [(row, _order(row, items[row.id], adjustments[row.id])) for row in rows]


async def _by_order(session: AsyncSession, parts: Select[Any]) -> dict[int, list[Row[Any]]]:
    grouped: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in await session.execute(parts):
        grouped[row.order_id].append(row)
    return grouped


def _cursor_at(sort: OrderSort, row: Row[Any]) -> str:
    return str(OrderCursor(sort, sort_value(sort, row), row.id))


def _order(row: Row[Any], items: Sequence[Row[Any]], adjustments: Sequence[Row[Any]]) -> OrderView:
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
        items=tuple(_item(each) for each in items),
        adjustments=tuple(
            AdjustmentView(
                kind=each.kind, label=each.label, amount=Money(each.amount_minor, each.currency)
            )
            for each in adjustments
        ),
    )


def _item(row: Row[Any]) -> OrderItemView:
    return OrderItemView(
        id=row.id,
        product_id=row.product_id,
        sku=row.sku,
        name=row.name,
        quantity=row.quantity,
        unit_price=UnitPrice(row.unit_price_ten_thousandths, row.currency),
        line_total=Money(row.line_total_minor, row.currency),
        shipped=row.shipped,
        returned=row.returned,
    )
