"""Rows as a driver takes them: converted by the columns of `tables`, so that what is written here and
what the ORM writes are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Column, Dialect, Table

from orderwright.domain.entities.reservation import ReservationState
from orderwright.domain.interfaces.placement import (
    AnsweredRequest,
    GroupRecords,
    Hold,
    Moved,
    PlacedBy,
)
from orderwright.domain.value_objects.money import PRICE_DECIMALS, Money
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.domain_types import Choice, CurrencyCode
from orderwright.infrastructure.database.event_payload import event_payload
from orderwright.infrastructure.database.types import UtcDateTime

# The databases number these rows by themselves.
_NUMBERED: Final = frozenset({tables.events, tables.stock_movements})

_REMEMBERED: Final = 1_024

Row = tuple[Any, ...]


class RowsOf:
    """How the rows of one table are written in one dialect."""

    def __init__(self, table: Table, dialect: Dialect) -> None:
        written = [
            column for column in table.columns if not (table in _NUMBERED and column.name == "id")
        ]
        self.table = table.name
        self.columns = tuple(column.name for column in written)
        self._columns = tuple((column.name, _converter(column, dialect)) for column in written)

    def __call__(self, values: Mapping[str, Any]) -> Row:
        """`values` by column name; what is not named is NULL."""
        return tuple(
            values.get(name) if convert is None else convert(values.get(name))
            for name, convert in self._columns
        )


def _converter(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    # The moment, the status and the currency of one order go into many rows.
    return lru_cache(_REMEMBERED)(convert) if convert and _is_small(column) else convert


def _is_small(column: Column[Any]) -> bool:
    return isinstance(column.type, UtcDateTime | Choice | CurrencyCode)


class GroupRows:
    """All rows of a group but its answers and stock levels, table by table, parents first."""

    def __init__(self, dialect: Dialect) -> None:
        self._orders = RowsOf(tables.orders, dialect)
        self._items = RowsOf(tables.order_items, dialect)
        self._adjustments = RowsOf(tables.order_adjustments, dialect)
        self._reservations = RowsOf(tables.reservations, dialect)
        self._movements = RowsOf(tables.stock_movements, dialect)
        self._events = RowsOf(tables.events, dialect)
        self._tasks = RowsOf(tables.tasks, dialect)
        self.answers = RowsOf(tables.idempotency_keys, dialect)

    def of(self, records: GroupRecords) -> Iterator[tuple[RowsOf, list[Row]]]:
        orders = records.orders
        yield self._orders, [self._orders(_order(each)) for each in orders]
        yield self._items, [self._items(row) for each in orders for row in _items(each)]
        yield (
            self._adjustments,
            [self._adjustments(row) for each in orders for row in _adjustments(each)],
        )
        yield self._reservations, [self._reservations(_hold(each)) for each in records.holds]
        yield self._movements, [self._movements(_moved(each)) for each in records.movements]
        yield self._events, [self._events(_event(each)) for each in orders]
        yield self._tasks, [self._tasks(vars(each)) for each in records.tasks]

    def answers_of(self, answers: Iterable[AnsweredRequest]) -> list[Row]:
        return [self.answers(_answer(each)) for each in answers]


def _order(placed: PlacedBy) -> Mapping[str, Any]:
    order = placed.order
    return {
        "id": order.id,
        "customer_id": order.customer_id,
        "status": order.status,
        "payment_status": order.payment_status,
        "fulfilment_status": order.fulfilment_status,
        "currency": order.currency,
        "total_minor": order.total.minor,
        "total_ten_thousandths": _ten_thousandths(order.total),
        "channel": order.channel,
        "reference": order.reference,
        "notes": order.notes,
        "shipping_address": order.shipping_address,
        "billing_address": order.billing_address,
        "metadata": order.metadata,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "version": order.version,
    }


def _ten_thousandths(total: Money) -> int:
    scale: int = 10 ** (PRICE_DECIMALS - total.currency.exponent)
    return total.minor * scale


def _items(placed: PlacedBy) -> Iterator[Mapping[str, Any]]:
    for line in placed.order.items:
        yield {
            "order_id": placed.order.id,
            "id": line.id,
            "product_id": line.product_id,
            "sku": line.sku,
            "name": line.name,
            "quantity": line.quantity,
            "unit_price_ten_thousandths": line.unit_price.ten_thousandths,
            "line_total_minor": line.line_total.minor,
            "currency": line.line_total.currency,
            "track_inventory": line.track_inventory,
            "shipped": line.shipped,
            "returned": line.returned,
        }


def _adjustments(placed: PlacedBy) -> Iterator[Mapping[str, Any]]:
    for position, each in enumerate(placed.order.adjustments, start=1):
        yield {
            "order_id": placed.order.id,
            "position": position,
            "kind": each.kind,
            "label": each.label,
            "amount_minor": each.amount.minor,
            "currency": each.amount.currency,
        }


def _hold(hold: Hold) -> Mapping[str, Any]:
    return {
        "order_id": hold.order_id,
        "item_id": hold.item_id,
        "location_id": hold.location_id,
        "product_id": hold.product_id,
        "quantity": hold.quantity,
        "state": ReservationState.ACTIVE,
    }


def _moved(moved: Moved) -> Mapping[str, Any]:
    return {**vars(moved.movement), "actor": moved.actor}


def _event(placed: PlacedBy) -> Mapping[str, Any]:
    event = placed.order.placed_event()
    return {
        "aggregate": "order",
        "aggregate_id": placed.order.id,
        "sequence": placed.order.version,
        "name": event.name,
        "payload": event_payload(event),
        "actor": placed.actor,
        "correlation_id": placed.correlation_id,
        "occurred_at": placed.order.created_at,
    }


def _answer(answered: AnsweredRequest) -> Mapping[str, Any]:
    return {
        "caller": answered.caller,
        "key": answered.key,
        "fingerprint": answered.fingerprint,
        "lease_until": answered.at,
        "status": answered.answer.status,
        "headers": dict(answered.answer.headers),
        "body": answered.answer.body,
        "created_at": answered.at,
    }
