"""The lines and the adjustments of an order as two columns of its row: one statement reads an order,
or a page of them, and is its own snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Label, Table, func, select

from orderwright.domain.entities.order_parts import AdjustmentKind
from orderwright.domain.interfaces.order_reader import AdjustmentView, OrderItemView
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money, UnitPrice
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.database import Dialect
from orderwright.infrastructure.database.types import Json

_items: Final = tables.order_items.c
_adjustments: Final = tables.order_adjustments.c

# In the order in which `items_in` and `adjustments_in` take them; the first one sorts.
_ITEM: Final = (
    _items.id,
    _items.product_id,
    _items.sku,
    _items.name,
    _items.quantity,
    _items.unit_price_ten_thousandths,
    _items.currency,
    _items.line_total_minor,
    _items.shipped,
    _items.returned,
)
_ADJUSTMENT: Final = (
    _adjustments.position,
    _adjustments.kind,
    _adjustments.label,
    _adjustments.amount_minor,
    _adjustments.currency,
)
# What makes a list of many, and a list of one.
_LISTING: Final = {
    "postgresql": (func.json_agg, func.json_build_array),
    "sqlite": (func.json_group_array, func.json_array),
}

Part = Sequence[Any]


def part_columns(dialect: Dialect) -> tuple[Label[Any], Label[Any]]:
    """Named `items` and `adjustments`, for a SELECT from the orders."""
    return (
        _listed(tables.order_items, _ITEM, dialect).label("items"),
        _listed(tables.order_adjustments, _ADJUSTMENT, dialect).label("adjustments"),
    )


def _listed(
    table: Table, columns: Sequence[ColumnElement[Any]], dialect: Dialect
) -> ColumnElement[Any]:
    many, one = _LISTING[dialect]
    return (
        select(many(one(*columns), type_=Json()))
        .where(table.c.order_id == tables.orders.c.id)
        .correlate(tables.orders)
        .scalar_subquery()
    )


def items_in(listed: Sequence[Part] | None) -> tuple[OrderItemView, ...]:
    return tuple(_item(*each) for each in sorted(listed or (), key=itemgetter(0)))


def adjustments_in(listed: Sequence[Part] | None) -> tuple[AdjustmentView, ...]:
    return tuple(_adjustment(*each) for each in sorted(listed or (), key=itemgetter(0)))


def _item(  # noqa: PLR0917 - a row, as it is selected
    id: int,
    product_id: int,
    sku: str,
    name: str,
    quantity: int,
    unit_price: int,
    code: str,
    line_total: int,
    shipped: int,
    returned: int,
) -> OrderItemView:
    currency = Currency.of(code)
    return OrderItemView(
        id=id,
        product_id=product_id,
        sku=sku,
        name=name,
        quantity=quantity,
        unit_price=UnitPrice(unit_price, currency),
        line_total=Money(line_total, currency),
        shipped=shipped,
        returned=returned,
    )


def _adjustment(_position: int, kind: str, label: str, amount: int, code: str) -> AdjustmentView:
    money = Money(amount, Currency.of(code))
    return AdjustmentView(kind=AdjustmentKind(kind), label=label, amount=money)
