from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final

from sqlalchemy import Boolean, Column, ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from orderwright.domain.interfaces.order_reader import OrderFilter, OrderSort
from orderwright.domain.value_objects.money import PRICE_SCALE
from orderwright.infrastructure.database import tables

_orders: Final = tables.orders.c
_items: Final = tables.order_items.c
_INT64_MAX: Final = 2**63 - 1

BY_TIME: Final = frozenset({OrderSort.NEWEST, OrderSort.OLDEST})
_BEGINNINGS: Final = {
    OrderSort.OLDEST: "created_from",
    OrderSort.NEWEST: "created_to",
    OrderSort.CHEAPEST: "min_total",
    OrderSort.DEAREST: "max_total",
}
_BY_TOTAL: Final = frozenset({OrderSort.DEAREST, OrderSort.CHEAPEST})


class InPassing(FunctionElement[bool]):
    """A condition that leads SQLite to no index. PostgreSQL knows by itself what leads farthest."""

    type = Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True  # or it is compared with 1


@compiles(InPassing)
def _as_it_is(element: InPassing, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(InPassing, "sqlite")
def _behind_a_plus(element: InPassing, compiler: SQLCompiler, **options: Any) -> str:
    return f"+({compiler.process(element.clauses, **options)})"


class OneOf(FunctionElement[bool]):
    """A column's value is among those of a subquery. PostgreSQL is told to look each one up: of a few
    thousand it would rather read all orders."""

    type = Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True


@compiles(OneOf)
def _in(element: OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN {values}"


@compiles(OneOf, "postgresql")
def _in_array(element: OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY (ARRAY{values})"


@dataclass(frozen=True, slots=True, eq=False)
class Narrowing:
    """One filter, in two forms: `leading` to its orders by an index, which has them in the order of
    `sorts`, and as a `check` of an order that was found otherwise. `ids` come from the index alone,
    in its order, so that some of them can be counted without the rest."""

    ids: Select[tuple[int]]
    leading: ColumnElement[bool]
    check: ColumnElement[bool]
    sorts: frozenset[OrderSort] = frozenset()
    is_range: bool = False


async def alternatives(session: AsyncSession, narrowed: OrderFilter) -> list[list[Narrowing]]:
    """An order is on the list if all of one alternative fit it; only `q` makes more than one."""
    narrowings = [*_equalities(narrowed), *_ranges(narrowed)]
    if narrowed.q is None:
        return [narrowings]
    return [[meant, *narrowings] for meant in await _meanings(session, narrowed.q)]


def _equalities(narrowed: OrderFilter) -> Iterator[Narrowing]:
    if narrowed.reference is not None:
        yield _with_reference(narrowed.reference)
    if narrowed.customer_id is not None:
        yield _of_customer(narrowed.customer_id)
    if narrowed.product_id is not None:
        yield _with_product(narrowed.product_id)
    for column in (
        _orders.channel,
        _orders.status,
        _orders.payment_status,
        _orders.fulfilment_status,
    ):
        value = getattr(narrowed, column.name)
        if value is not None:
            yield having(column, value)


def _ranges(narrowed: OrderFilter) -> Iterator[Narrowing]:
    created = [*_created_between(narrowed)]
    if created:
        found = _indexed(and_(*created), _orders.created_at, BY_TIME)
        yield replace(found, is_range=True)
    total = [*_total_between(narrowed)]
    if total:
        found = _indexed(and_(*total), _orders.total_ten_thousandths, _BY_TOTAL)
        yield replace(found, is_range=True)


def where_it_begins(narrowed: OrderFilter, sort: OrderSort) -> datetime | int | None:
    """What no order on the list comes before, by the column of `sort`."""
    beginning: datetime | Decimal | None = getattr(narrowed, _BEGINNINGS.get(sort, ""), None)
    if isinstance(beginning, Decimal):
        return _scaled(beginning, ROUND_CEILING if sort is OrderSort.CHEAPEST else ROUND_FLOOR)
    return beginning


def without_beginning(narrowed: OrderFilter, sort: OrderSort) -> OrderFilter:
    return replace(narrowed, **{_BEGINNINGS[sort]: None})


def _created_between(narrowed: OrderFilter) -> Iterator[ColumnElement[bool]]:
    if narrowed.created_from is not None:
        yield _orders.created_at >= narrowed.created_from
    if narrowed.created_to is not None:
        yield _orders.created_at <= narrowed.created_to


def _total_between(narrowed: OrderFilter) -> Iterator[ColumnElement[bool]]:
    if narrowed.min_total is not None:
        yield _orders.total_ten_thousandths >= _scaled(narrowed.min_total, ROUND_CEILING)
    if narrowed.max_total is not None:
        yield _orders.total_ten_thousandths <= _scaled(narrowed.max_total, ROUND_FLOOR)


async def _meanings(session: AsyncSession, q: str) -> list[Narrowing]:
    """E-mails and SKUs are unique: each leads to a filter that has its index, or to none."""
    customers, products = tables.customers.c, tables.products.c
    customer = select(customers.id).where(func.lower(customers.email) == func.lower(q))
    product = select(products.id).where(products.sku == q)
    found = select(customer.scalar_subquery(), product.scalar_subquery())
    customer_id, product_id = (await session.execute(found)).one()
    meanings = [_with_reference(q)]
    if customer_id is not None:
        meanings.append(_of_customer(customer_id))
    if product_id is not None:
        meanings.append(_with_product(product_id))
    if q.isascii() and q.isdigit() and int(q) <= _INT64_MAX:
        meanings.append(_indexed(_orders.id == int(q), _orders.id))
    return meanings


def having(column: Column[Any], value: Any) -> Narrowing:
    """By the column's own index, which has them in the order of time."""
    return _indexed(column == value, _orders.created_at, BY_TIME)


def _with_reference(reference: str) -> Narrowing:
    return _indexed(_orders.reference == reference, _orders.reference)


def _of_customer(customer_id: int) -> Narrowing:
    return having(_orders.customer_id, customer_id)


def _with_product(product_id: int) -> Narrowing:
    # Not EXISTS: PostgreSQL would answer that for all orders at once, from a hash of every line.
    line = select(_items.id).where(_items.order_id == _orders.id, _items.product_id == product_id)
    has_it = line.correlate(tables.orders).limit(1).scalar_subquery().is_not(None)
    ids = select(_items.order_id).where(_items.product_id == product_id).distinct()
    one_of_them = OneOf(_orders.id, ids.scalar_subquery())
    return Narrowing(ids.order_by(_items.order_id), leading=one_of_them, check=InPassing(has_it))


def _indexed(
    condition: ColumnElement[bool],
    first: Column[Any],
    sorts: frozenset[OrderSort] = frozenset(),
) -> Narrowing:
    """`first` is what the index has orders sorted by."""
    ids = select(_orders.id).where(condition).order_by(first)
    return Narrowing(ids, leading=condition, check=InPassing(condition), sorts=sorts)


def _scaled(amount: Decimal, rounding: str) -> int:
    scaled = int((amount * PRICE_SCALE).to_integral_value(rounding))
    return max(-_INT64_MAX, min(_INT64_MAX, scaled))
