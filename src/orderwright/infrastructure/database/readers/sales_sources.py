"""Where the sums of a sales report come from, each as one question: group, currency, units and minor
units, of what happened from one moment to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)

from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.refund import RefundStatus
from orderwright.domain.interfaces.sales import SalesGroup
from orderwright.infrastructure.database import tables, tables_fulfilment, tables_payments
from orderwright.infrastructure.database.database import Dialect
from orderwright.infrastructure.database.types import BigInt, UtcDateTime

SOLD: Final = (OrderStatus.CONFIRMED, OrderStatus.SHIPPED, OrderStatus.DELIVERED)
SINCE: Final = bindparam("since", type_=UtcDateTime)
UNTIL: Final = bindparam("until", type_=UtcDateTime)
GROUP: Final = "group_key"

_orders: Final = tables.orders.c
_items: Final = tables.order_items.c
_adjustments: Final = tables.order_adjustments.c
_returns: Final = tables_fulfilment.returns.c
_return_items: Final = tables_fulfilment.return_items.c
_refunds: Final = tables_payments.refunds.c
_refund_items: Final = tables_payments.refund_items.c

Key = Callable[[Column[Any]], ColumnElement[Any]]
_DAY_CHARS: Final = {SalesGroup.DAY: 10, SalesGroup.MONTH: 7}


@dataclass(frozen=True, slots=True)
class Sources:
    """`refunded_lines` is what refunds paid for lines, by product; there is none for other groups."""

    lines: Select[Any]
    adjustments: Select[Any]
    returned: Select[Any]
    refunds: Select[Any]
    refunded_lines: Select[Any] | None


def sources_of(group_by: SalesGroup, dialect: Dialect) -> Sources:
    key = _key_of(group_by, dialect)
    by_product = group_by is SalesGroup.PRODUCT
    of_line = _product if by_product else key
    of_none = _nothing if by_product else key
    return Sources(
        lines=_lines(of_line),
        adjustments=_adjusted(of_none),
        returned=_returned(of_line),
        refunds=_refunded(of_none),
        refunded_lines=_refunded_lines() if by_product else None,
    )


def _product(_when: Column[Any]) -> ColumnElement[Any]:
    return _items.product_id


def _nothing(_when: Column[Any]) -> ColumnElement[Any]:
    return null()


def _key_of(group_by: SalesGroup, dialect: Dialect) -> Key:
    if group_by in _DAY_CHARS:
        return _date(_DAY_CHARS[group_by], dialect)
    column = {
        SalesGroup.CUSTOMER: _orders.customer_id,
        SalesGroup.COUNTRY: _country(),
        SalesGroup.CHANNEL: _orders.channel,
        SalesGroup.PRODUCT: _items.product_id,
    }[group_by]
    return lambda _when: column


def _date(chars: int, dialect: Dialect) -> Key:
    """The beginning of the time in UTC, as text."""
    if dialect == "sqlite":
        return lambda when: func.substr(when, 1, chars, type_=Text)
    form = "YYYY-MM-DD"[:chars]
    return lambda when: func.to_char(func.timezone("UTC", when), form, type_=Text)


def _country() -> ColumnElement[Any]:
    """Where the goods went, or else who paid."""
    return func.coalesce(
        *(
            address.op("->>", return_type=Text())(literal("country", Text()))
            for address in (_orders.shipping_address, _orders.billing_address)
        )
    )


def _sum(number: Any) -> ColumnElement[Any]:
    return cast(func.sum(number), BigInt)


def _asked(key: ColumnElement[Any], units: Any, minor: Any) -> Select[Any]:
    return select(key.label(GROUP), _orders.currency, units, minor).group_by(
        GROUP, _orders.currency
    )


def _happened(when: Column[Any]) -> ColumnElement[bool]:
    return and_(when >= SINCE, when < UNTIL)


def _is_sold() -> ColumnElement[bool]:
    return _orders.status.in_(SOLD)


def _lines(key: Key) -> Select[Any]:
    when = _orders.created_at
    return (
        _asked(key(when), _sum(_items.quantity), _sum(_items.line_total_minor))
        .join_from(tables.orders, tables.order_items, _items.order_id == _orders.id)
        .where(_happened(when), _is_sold())
    )


def _adjusted(key: Key) -> Select[Any]:
    when = _orders.created_at
    return (
        _asked(key(when), literal(0, Integer), _sum(_adjustments.amount_minor))
        .join_from(tables.orders, tables.order_adjustments, _adjustments.order_id == _orders.id)
        .where(_happened(when), _is_sold())
    )


def _returned(key: Key) -> Select[Any]:
    when = _returns.received_at
    line = and_(_items.order_id == _returns.order_id, _items.id == _return_items.item_id)
    return (
        _asked(key(when), _sum(_return_items.quantity), literal(0, Integer))
        .join_from(
            tables_fulfilment.returns,
            tables_fulfilment.return_items,
            _return_items.return_id == _returns.id,
        )
        .join(tables.orders, _orders.id == _returns.order_id)
        .join(tables.order_items, line)
        .where(_happened(when), _is_sold())
    )


def _refunded(key: Key) -> Select[Any]:
    when = _refunds.created_at
    return (
        _asked(key(when), literal(0, Integer), _sum(_refunds.amount_minor))
        .join_from(tables_payments.refunds, tables.orders, _orders.id == _refunds.order_id)
        .where(_happened(when), _is_paid_back(), _is_sold())
    )


def _is_paid_back() -> ColumnElement[bool]:
    return _refunds.status == RefundStatus.SUCCEEDED


def _refunded_lines() -> Select[Any]:
    """By product, what refunds paid for lines that they, or their returns, name: what these were sold
    for. A refund of less than its lines are worth is for no line in particular."""
    named = union_all(_named_by_refund(), _named_by_return()).subquery()
    line = and_(_items.order_id == named.c.order_id, _items.id == named.c.item_id)
    worth = _worth(named.c.quantity)
    lines = (
        select(
            _items.product_id,
            _items.currency,
            named.c.amount_minor,
            worth.label("worth"),
            func.sum(worth).over(partition_by=named.c.refund_id).label("all_lines"),
        )
        .join_from(named, tables.order_items, line)
        .subquery()
    )
    paid = case((lines.c.all_lines <= lines.c.amount_minor, lines.c.worth), else_=0)
    return select(
        lines.c.product_id.label(GROUP), lines.c.currency, literal(0, Integer), _sum(paid)
    ).group_by(GROUP, lines.c.currency)


def _named_by_refund() -> Select[Any]:
    return _named(_refund_items.item_id, _refund_items.quantity).join(
        tables_payments.refund_items, _refund_items.refund_id == _refunds.id
    )


def _named_by_return() -> Select[Any]:
    by_itself = exists().where(_refund_items.refund_id == _refunds.id)
    return (
        _named(_return_items.item_id, _return_items.quantity)
        .join(tables_fulfilment.return_items, _return_items.return_id == _refunds.return_id)
        .where(~by_itself)
    )


def _named(item_id: Column[Any], quantity: Column[Any]) -> Select[Any]:
    return (
        select(
            _refunds.id.label("refund_id"),
            _refunds.order_id,
            _refunds.amount_minor,
            item_id.label("item_id"),
            quantity.label("quantity"),
        )
        .join_from(tables_payments.refunds, tables.orders, _orders.id == _refunds.order_id)
        .where(_happened(_refunds.created_at), _is_paid_back(), _is_sold())
    )


def _worth(quantity: ColumnElement[Any]) -> ColumnElement[Any]:
    """That part of the line total, rounded down. Divided first: the product might not fit 64 bits."""
    each, rest = _divided(_items.line_total_minor), _items.line_total_minor.op("%")(_items.quantity)
    return each * quantity + _divided(rest * quantity)


def _divided(number: ColumnElement[Any]) -> ColumnElement[Any]:
    """Whole numbers stay whole: SQLAlchemy's `/` makes fractions of them."""
    return number.op("/", return_type=BigInt())(_items.quantity)
