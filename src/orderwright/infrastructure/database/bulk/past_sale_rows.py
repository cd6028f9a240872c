from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import Dialect

from orderwright.domain.entities.aggregate import RecordedEvent
from orderwright.domain.entities.past_sale import PastSale
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.bulk.event_rows import By, event_values
from orderwright.infrastructure.database.bulk.order_rows import (
    adjustment_values,
    item_values,
    movement_values,
    order_values,
    reservation_values,
)
from orderwright.infrastructure.database.bulk.rows_of import Row, RowsOf, Values

Timeline = Sequence[RecordedEvent]


class PastSaleRows:
    """All rows of past sales but the stock levels, table by table, parents first."""

    def __init__(self, dialect: Dialect) -> None:
        self._orders = RowsOf(tables.orders, dialect)
        self._items = RowsOf(tables.order_items, dialect)
        self._adjustments = RowsOf(tables.order_adjustments, dialect)
        self._payments = RowsOf(tables.payments, dialect)
        self._operations = RowsOf(tables.payment_operations, dialect)
        self._shipments = RowsOf(tables.shipments, dialect)
        self._shipped = RowsOf(tables.shipment_items, dialect)
        self._reservations = RowsOf(tables.reservations, dialect)
        self._movements = RowsOf(tables.stock_movements, dialect)
        self._events = RowsOf(tables.events, dialect)

    def of(self, sales: Sequence[PastSale], by: By) -> Iterator[tuple[RowsOf, list[Row]]]:
        timelines = [sale.timeline() for sale in sales]
        yield self._orders, self._orders(map(_order, sales, timelines))
        yield self._items, self._items(_each(_items, sales))
        yield self._adjustments, self._adjustments(_each(_adjustments, sales))
        yield self._payments, self._payments(_each(_payments, sales))
        yield self._operations, self._operations(_each(_charges, sales))
        yield self._shipments, self._shipments(_each(_shipments, sales))
        yield self._shipped, self._shipped(_each(_shipped, sales))
        yield self._reservations, self._reservations(_each(_reservations, sales))
        moved = (movement for sale in sales for movement in sale.movements())
        yield self._movements, self._movements(movement_values(each, by.actor) for each in moved)
        yield self._events, self._events(_events(sales, timelines, by))


def _each(
    values: Callable[[PastSale], Iterable[Values]], sales: Iterable[PastSale]
) -> Iterator[Values]:
    for sale in sales:
        yield from values(sale)


def _events(sales: Iterable[PastSale], timelines: Iterable[Timeline], by: By) -> Iterator[Values]:
    for sale, timeline in zip(sales, timelines, strict=True):
        for recorded in timeline:
            yield event_values("order", sale.order.id, recorded, by)


def _order(sale: PastSale, timeline: Timeline) -> Values:
    return order_values(sale.order) | {
        "status": sale.status,
        "payment_status": sale.payment_status,
        "fulfilment_status": sale.fulfilment_status,
        "updated_at": sale.updated_at,
        "version": timeline[-1].sequence,
    }


def _items(sale: PastSale) -> Iterator[Values]:
    for line in sale.order.items:
        shipped = line.quantity if sale.shipment else line.shipped
        yield item_values(sale.order.id, line, shipped=shipped)


def _adjustments(sale: PastSale) -> Iterator[Values]:
    for position, each in enumerate(sale.order.adjustments):
        yield adjustment_values(sale.order.id, position, each)


def _payments(sale: PastSale) -> Iterator[Values]:
    payment = sale.payment
    if payment is not None:
        taken = payment.amount.minor
        yield {
            "id": payment.id,
            "order_id": sale.order.id,
            "provider": payment.provider,
            "amount_minor": taken,
            "authorised_minor": taken,
            "captured_minor": taken,
            "refunded_minor": 0,
            "currency": payment.amount.currency,
            "status": payment.status,
            "created_at": payment.at,
            "updated_at": payment.at,
        }


def _charges(sale: PastSale) -> Iterator[Values]:
    payment = sale.payment
    if payment is not None:
        yield {
            "id": payment.charge_id,
            "payment_id": payment.id,
            "kind": payment.charge_kind,
            "amount_minor": payment.amount.minor,
            "currency": payment.amount.currency,
            "state": payment.charge_state,
            "sends": payment.charge_sends,
            "planned_at": payment.at,
            "first_sent_at": payment.at,
            "sent_at": payment.at,
            "finished_at": payment.at,
        }


def _shipments(sale: PastSale) -> Iterator[Values]:
    shipment = sale.shipment
    if shipment is not None:
        yield {
            "id": shipment.id,
            "order_id": sale.order.id,
            "status": shipment.status,
            "created_at": shipment.at,
            "delivered_at": shipment.at,
        }


def _shipped(sale: PastSale) -> Iterator[Values]:
    if sale.shipment is not None:
        for line in sale.order.items:
            yield {"shipment_id": sale.shipment.id, "item_id": line.id, "quantity": line.quantity}


def _reservations(sale: PastSale) -> Iterator[Values]:
    if sale.shipment is None:
        for line in sale.tracked_lines():
            yield reservation_values(
                sale.order.id, line.id, line.product_id, sale.location_id, line.quantity
            )
