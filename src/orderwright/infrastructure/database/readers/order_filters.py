from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from sqlalchemy import ColumnElement, exists, func, or_, select

from orderwright.domain.interfaces.order_reader import OrderFilter
from orderwright.domain.value_objects.money import PRICE_SCALE
from orderwright.infrastructure.database import tables

_orders: Final = tables.orders.c
_items: Final = tables.order_items.c
_INT64_MAX: Final = 2**63 - 1


def conditions(narrowed: OrderFilter) -> list[ColumnElement[bool]]:
    return [*_equalities(narrowed), *_ranges(narrowed), *_searches(narrowed)]


def _equalities(narrowed: OrderFilter) -> Iterator[ColumnElement[bool]]:
    for column in (
        _orders.status,
        _orders.customer_id,
        _orders.payment_status,
        _orders.fulfilment_status,
        _orders.channel,
        _orders.reference,
    ):
        value = getattr(narrowed, column.name)
        if value is not None:
            yield column == value


def _ranges(narrowed: OrderFilter) -> Iterator[ColumnElement[bool]]:
    if narrowed.created_from is not None:
        yield _orders.created_at >= narrowed.created_from
    if narrowed.created_to is not None:
        yield _orders.created_at <= narrowed.created_to
    if narrowed.min_total is not None:
        yield _orders.total_ten_thousandths >= _scaled(narrowed.min_total, ROUND_CEILING)
    if narrowed.max_total is not None:
        yield _orders.total_ten_thousandths <= _scaled(narrowed.max_total, ROUND_FLOOR)


def _searches(narrowed: OrderFilter) -> Iterator[ColumnElement[bool]]:
    if narrowed.product_id is not None:
        yield _has_item(_items.product_id == narrowed.product_id)
    if narrowed.q is not None:
        yield or_(*_matches(narrowed.q))


def _matches(q: str) -> Iterator[ColumnElement[bool]]:
    customers = tables.customers.c
    with_email = select(customers.id).where(func.lower(customers.email) == func.lower(q))
    with_sku = select(tables.products.c.id).where(tables.products.c.sku == q)
    yield _orders.reference == q
    yield _orders.customer_id.in_(with_email)
    yield _has_item(_items.product_id.in_(with_sku))
    if q.isascii() and q.isdigit() and int(q) <= _INT64_MAX:
        yield _orders.id == int(q)


def _has_item(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_items.order_id == _orders.id, condition)


def _scaled(amount: Decimal, rounding: str) -> int:
    scaled = int((amount * PRICE_SCALE).to_integral_value(rounding))
    return max(-_INT64_MAX, min(_INT64_MAX, scaled))
