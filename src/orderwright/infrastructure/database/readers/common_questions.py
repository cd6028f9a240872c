"""What is asked most of orders: for one by its id, and for lists that one index has in their order.
These statements differ only in values, so each is made once; the others `OrderSearch` makes anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BigInteger, Select, bindparam, select

from orderwright.domain.interfaces.order_reader import (
    OrderFilter,
    OrderPage,
    OrderSort,
    OrderView,
)
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.direct import Prepared, Row
from orderwright.infrastructure.database.readers.order_cursor import (
    OrderCursor,
    behind,
    sort_column,
)
from orderwright.infrastructure.database.readers.order_filters import BY_TIME, having
from orderwright.infrastructure.database.readers.order_rows import order_columns, order_in
from orderwright.infrastructure.database.readers.order_search import rows_of, walked

_orders: Final = tables.orders.c
_FILTERS: Final = tuple(each.name for each in fields(OrderFilter))
# Each has an index of its own, in the order of time.
_COMMON: Final = frozenset(
    {"customer_id", "channel", "status", "payment_status", "fulfilment_status"}
)


class CommonQuestions:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect = database.read_engine.dialect
        self._columns = order_columns(database.dialect)
        self._one = self._prepared(
            select(tables.orders).where(_orders.id == bindparam("order_id", type_=_orders.id.type))
        )
        self._list = lru_cache(self._made)

    async def get(self, order_id: int) -> OrderView | None:
        rows = await self._one.ask(self._database.direct, {"order_id": order_id})
        return order_in(*rows[0]) if rows else None

    async def page(
        self,
        narrowed: OrderFilter,
        sort: OrderSort,
        after: OrderCursor | None,
        *,
        skip: int,
        limit: int,
    ) -> OrderPage | None:
        """None where the question is none of these."""
        given = {name: value for name in _FILTERS if (value := getattr(narrowed, name)) is not None}
        if not _is_common(given, sort):
            return None
        values = given | {"skip": skip, "rows": limit + 1}
        if after is not None:
            values |= {"place": after.value, "id_there": after.order_id}
        question = self._list(next(iter(given), None), sort, after is not None)
        return _page(await question.ask(self._database.direct, values), sort, limit)

    def _made(self, name: str | None, sort: OrderSort, is_behind: bool) -> Prepared:  # noqa: FBT001 - a key
        column = _orders[name] if name else None
        narrowings = [] if column is None else [having(column, _said(name, column.type))]
        place = [_said("place", sort_column(sort).type), _said("id_there", _orders.id.type)]
        ids = walked(narrowings, sort, behind(sort, *place) if is_behind else None)
        page = ids.offset(_said("skip", BigInteger())).limit(_said("rows", BigInteger()))
        return self._prepared(rows_of(page, sort))

    def _prepared(self, statement: Select[Any]) -> Prepared:
        return Prepared(statement.with_only_columns(*self._columns), self._dialect)


def _is_common(given: Mapping[str, Any], sort: OrderSort) -> bool:
    return not given or (len(given) == 1 and sort in BY_TIME and not given.keys() - _COMMON)


def _said(name: Any, kind: Any) -> Any:
    return bindparam(name, type_=kind)


def _page(rows: Sequence[Row], sort: OrderSort, limit: int) -> OrderPage:
    orders = tuple(order_in(*row) for row in rows[:limit])
    is_last = len(rows) <= limit
    return OrderPage(
        orders=orders,
        next_cursor=None if is_last else _cursor_at(sort, orders[-1], rows[limit - 1][0]),
    )


def _cursor_at(sort: OrderSort, order: OrderView, total: int) -> str:
    places = {"created_at": order.created_at, "id": order.id, "total_ten_thousandths": total}
    there: Any = places[sort_column(sort).name]
    return str(OrderCursor(sort, there, order.id))
