"""Which lines of past sales can still come back, and how much money with them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Exists, Row, ScalarSelect, Select, exists, func, select

from orderwright.domain.entities.payment_operation import OPEN_STATES, OperationKind
from orderwright.domain.interfaces.history import ReturnableLine
from orderwright.domain.value_objects.money import Money, UnitPrice
from orderwright.infrastructure.database import tables, tables_payments, tables_work

_orders = tables.orders.c
_items = tables.order_items.c
_payments = tables_payments.payments.c
_documents = tables_work.imported_documents.c
_operations = tables_payments.payment_operations.c


def returnable_lines(
    customer_ids: Collection[int], product_ids: Collection[int], channel: str
) -> Select[Any]:
    return (
        select(
            _items.order_id,
            _items.id,
            _orders.customer_id,
            _items.product_id,
            _orders.created_at,
            _items.unit_price_ten_thousandths,
            _items.currency,
            (_items.shipped - _items.returned).label("quantity"),
            (_captured() - _on_its_way_back()).label("refundable_minor"),
        )
        .select_from(tables.order_items.join(tables.orders))
        .where(
            _orders.customer_id.in_(customer_ids),
            _orders.channel == channel,
            _items.product_id.in_(product_ids),
            _items.shipped > _items.returned,
            # An order that came another way has a payment whose gateway would have to be asked.
            _was_imported(),
        )
        .order_by(_orders.created_at.desc(), _orders.id.desc(), _items.id)
    )


def returnable_line(row: Row[Any]) -> ReturnableLine:
    return ReturnableLine(
        order_id=row.order_id,
        item_id=row.id,
        customer_id=row.customer_id,
        product_id=row.product_id,
        sold_at=row.created_at,
        unit_price=UnitPrice(row.unit_price_ten_thousandths, row.currency),
        quantity=row.quantity,
        refundable=Money(int(row.refundable_minor), row.currency),
    )


def _was_imported() -> Exists:
    return exists().where(
        _documents.channel == _orders.channel, _documents.reference == _orders.reference
    )


def _captured() -> ScalarSelect[int]:
    left = func.coalesce(func.sum(_payments.captured_minor - _payments.refunded_minor), 0)
    return select(left).where(_payments.order_id == _orders.id).scalar_subquery()


def _on_its_way_back() -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(_operations.amount_minor), 0))
        .select_from(tables_payments.payment_operations.join(tables_payments.payments))
        .where(
            _payments.order_id == _orders.id,
            _operations.kind == OperationKind.REFUND,
            _operations.state.in_(OPEN_STATES),
        )
        .scalar_subquery()
    )
