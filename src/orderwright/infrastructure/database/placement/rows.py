from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Dialect

from orderwright.domain.entities.aggregate import RecordedEvent
from orderwright.domain.interfaces.placement import AnsweredRequest, GroupRecords, PlacedBy
from orderwright.infrastructure.database import tables, tables_work
from orderwright.infrastructure.database.bulk.event_rows import By, event_values
from orderwright.infrastructure.database.bulk.order_rows import (
    adjustment_values,
    item_values,
    order_values,
    reservation_values,
    reserve_values,
)
from orderwright.infrastructure.database.bulk.rows_of import RowsOf, Values


class GroupRows:
    """All rows of a group but its answers and stock levels, table by table, parents first."""

    def __init__(self, dialect: Dialect) -> None:
        self._orders = RowsOf(tables.orders, dialect)
        self._items = RowsOf(tables.order_items, dialect)
        self._adjustments = RowsOf(tables.order_adjustments, dialect)
        self._reservations = RowsOf(tables.reservations, dialect)
        self._movements = RowsOf(tables.stock_movements, dialect)
        self._events = RowsOf(tables.events, dialect)
        self._tasks = RowsOf(tables_work.tasks, dialect)
        self.answers = RowsOf(tables_work.idempotency_keys, dialect)

    def of(self, records: GroupRecords) -> Iterator[tuple[RowsOf, Iterable[Values]]]:
        placed = records.orders
        yield self._orders, (order_values(each.order) for each in placed)
        yield self._items, (row for each in placed for row in _items(each))
        yield self._adjustments, (row for each in placed for row in _adjustments(each))
        yield self._reservations, (reservation_values(*each[:5]) for each in records.holds)
        yield self._movements, map(reserve_values, records.holds)
        yield self._events, map(_event, placed)
        yield self._tasks, map(vars, records.tasks)

    def answers_of(self, answers: Iterable[AnsweredRequest]) -> Iterator[Values]:
        return map(_answer, answers)


def _items(placed: PlacedBy) -> Iterator[Values]:
    for line in placed.order.items:
        yield item_values(placed.order.id, line, shipped=line.shipped)


def _adjustments(placed: PlacedBy) -> Iterator[Values]:
    for position, each in enumerate(placed.order.adjustments, start=1):
        yield adjustment_values(placed.order.id, position, each)


def _event(placed: PlacedBy) -> Values:
    order = placed.order
    recorded = RecordedEvent(order.version, order.placed_event(), order.created_at)
    return event_values("order", order.id, recorded, By(placed.actor, placed.correlation_id))


def _answer(answered: AnsweredRequest) -> Mapping[str, Any]:
    return {
        "caller": answered.caller,
        "key": answered.key,
        "fingerprint": answered.fingerprint,
        "lease_until": answered.at,
        "status": answered.answer.status,
        "headers": orjson.dumps(dict(answered.answer.headers)),
        "body": answered.answer.body,
        "created_at": answered.at,
    }
