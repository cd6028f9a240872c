from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from sqlalchemy import Dialect

from orderwright.domain.entities.past_sale import PastSale
from orderwright.infrastructure.database.bulk.event_rows import By
from orderwright.infrastructure.database.bulk.past_order_rows import (
    ADJUSTMENTS,
    EVENTS,
    HOLDS,
    ITEMS,
    MOVEMENTS,
    ORDERS,
    PastOrderRows,
    adjustment_rows,
    hold_rows,
    item_rows,
)
from orderwright.infrastructure.database.bulk.sheet import Row, Sheet, sheet

_PAYMENTS: Final = sheet(
    "payments",
    "id order_id provider amount_minor authorised_minor captured_minor refunded_minor currency"
    " status created_at updated_at",
)
_CHARGES: Final = sheet(
    "payment_operations",
    "id payment_id kind amount_minor currency state sends planned_at first_sent_at sent_at"
    " finished_at",
)
_SHIPMENTS: Final = sheet("shipments", "id order_id status created_at delivered_at")
_SHIPPED: Final = sheet("shipment_items", "shipment_id item_id quantity")


class PastSaleRows:
    """All rows of past sales but the stock levels, table by table, parents first."""

    def __init__(self, dialect: Dialect) -> None:
        self._of_orders = PastOrderRows(dialect)
        self._moment = self._of_orders.moment

    def of(self, sales: Sequence[PastSale], by: By) -> Iterator[tuple[Sheet, list[Row]]]:
        timelines = [sale.timeline() for sale in sales]
        told = [*zip(sales, timelines, strict=True)]
        of_orders = self._of_orders
        yield ORDERS, [of_orders.order(sale, life[-1].sequence) for sale, life in told]
        yield ITEMS, _each(item_rows, sales)
        yield ADJUSTMENTS, [row for sale in sales for row in adjustment_rows(sale.order)]
        yield _PAYMENTS, _each(self._payments, sales)
        yield _CHARGES, _each(self._charges, sales)
        yield _SHIPMENTS, _each(self._shipments, sales)
        yield _SHIPPED, _each(_shipped, sales)
        yield HOLDS, _each(hold_rows, sales)
        moved = (movement for sale in sales for movement in sale.movements())
        yield MOVEMENTS, [of_orders.movement(each, by.actor) for each in moved]
        yield (
            EVENTS,
            [row for sale, life in told for row in of_orders.events(sale.order.id, life, by)],
        )

    def _payments(self, sale: PastSale) -> Iterator[Row]:
        payment = sale.payment
        if payment is not None:
            taken, at = payment.amount.minor, self._moment(payment.at)
            yield (
                payment.id,
                sale.order.id,
                payment.provider,
                taken,
                taken,
                taken,
                0,
                payment.amount.currency.code,
                payment.status.value,
                at,
                at,
            )

    def _charges(self, sale: PastSale) -> Iterator[Row]:
        payment = sale.payment
        if payment is not None:
            at = self._moment(payment.at)
            yield (
                payment.charge_id,
                payment.id,
                payment.charge_kind.value,
                payment.amount.minor,
                payment.amount.currency.code,
                payment.charge_state.value,
                payment.charge_sends,
                at,
                at,
                at,
                at,
            )

    def _shipments(self, sale: PastSale) -> Iterator[Row]:
        shipment = sale.shipment
        if shipment is not None:
            at = self._moment(shipment.at)
            yield (shipment.id, sale.order.id, shipment.status.value, at, at)


def _each(rows: Callable[[PastSale], Iterable[Row]], sales: Iterable[PastSale]) -> list[Row]:
    return [row for sale in sales for row in rows(sale)]


def _shipped(sale: PastSale) -> Iterator[Row]:
    if sale.shipment is not None:
        for line in sale.order.items:
            yield (sale.shipment.id, line.id, line.quantity)
