from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, Select, and_, exists, func, select
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

_BY_TIME: Final = frozenset({OrderSort.NEWEST, OrderSort.OLDEST})
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


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One filter, in two forms: `leading` to its orders by an index, which has them in the order of
    `sorts`, and as a `check` of an order that was found otherwise. `ids` are for counting."""

    ids: Select[tuple[int]]
    leading: ColumnElement[bool]
    check: ColumnElement[bool]
    sorts: frozenset[OrderSort] = frozenset()


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
    if narrowed.channel is not None:
        yield _indexed(_orders.channel == narrowed.channel, _BY_TIME)
    if narrowed.status is not None:
        yield _indexed(_orders.status == narrowed.status, _BY_TIME)
    if narrowed.payment_status is not None:
        paid = _orders.payment_status == narrowed.payment_status
        yield _indexed(paid, _BY_TIME)
    if narrowed.fulfilment_status is not None:
        fulfilled = _orders.fulfilment_status == narrowed.fulfilment_status
        yield _indexed(fulfilled, _BY_TIME)


def _ranges(narrowed: OrderFilter) -> Iterator[Narrowing]:
    created = [*_created_between(narrowed)]
    if created:
        yield _indexed(and_(*created), _BY_TIME)
    total = [*_total_between(narrowed)]
    if total:
        yield _indexed(and_(*total), _BY_TOTAL)


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
        meanings.append(_indexed(_orders.id == int(q)))
    return meanings


def _with_reference(reference: str) -> Narrowing:
    return _indexed(_orders.reference == reference)


def _of_customer(customer_id: int) -> Narrowing:
    return _indexed(_orders.customer_id == customer_id, _BY_TIME)


def _with_product(product_id: int) -> Narrowing:
    has_it = exists().where(_items.order_id == _orders.id, _items.product_id == product_id)
    ids = select(_items.order_id).where(_items.product_id == product_id).distinct()
    return Narrowing(ids, leading=_orders.id.in_(ids), check=InPassing(has_it))


def _indexed(
    condition: ColumnElement[bool], sorts: frozenset[OrderSort] = frozenset()
) -> Narrowing:
    ids = select(_orders.id).where(condition)
    return Narrowing(ids, leading=condition, check=InPassing(condition), sorts=sorts)


def _scaled(amount: Decimal, rounding: str) -> int:
    scaled = int((amount * PRICE_SCALE).to_integral_value(rounding))
    return max(-_INT64_MAX, min(_INT64_MAX, scaled))
