"""The rows of a past sale's order as the drivers take them. A sale has a score of rows, and an import
thousands of sales a second: no name is looked up, and nothing is converted that need not be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from sqlalchemy import Dialect

from orderwright.domain.entities.aggregate import RecordedEvent
from orderwright.domain.entities.past_sale import PastSale
from orderwright.domain.entities.placed_order import PlacedOrder
from orderwright.domain.entities.reservation import ReservationState
from orderwright.domain.entities.stock import StockMovement
from orderwright.domain.value_objects.money import PRICE_DECIMALS
from orderwright.infrastructure.database.bulk.event_rows import By
from orderwright.infrastructure.database.bulk.rows_of import converter_of
from orderwright.infrastructure.database.bulk.sheet import Row, sheet
from orderwright.infrastructure.database.domain_types import AddressDocument
from orderwright.infrastructure.database.event_payload import event_json
from orderwright.infrastructure.database.types import UtcDateTime, strict_json

ORDERS: Final = sheet(
    "orders",
    "id customer_id status payment_status fulfilment_status currency total_minor"
    " total_ten_thousandths channel reference notes shipping_address billing_address metadata"
    " created_at updated_at version",
)
ITEMS: Final = sheet(
    "order_items",
    "order_id id product_id sku name quantity unit_price_ten_thousandths line_total_minor currency"
    " track_inventory shipped returned",
)
ADJUSTMENTS: Final = sheet(
    "order_adjustments", "order_id position kind label amount_minor currency"
)
HOLDS: Final = sheet("reservations", "order_id item_id location_id product_id quantity state")
MOVEMENTS: Final = sheet(
    "stock_movements",
    "product_id location_id kind on_hand_delta reserved_delta order_id reason actor occurred_at",
)
EVENTS: Final = sheet(
    "events", "aggregate aggregate_id sequence name payload actor correlation_id occurred_at"
)
_ORDER: Final = "order"
_ACTIVE: Final = ReservationState.ACTIVE.value
_ADDRESSES: Final = 1_024  # many orders go to the same one


class PastOrderRows:
    """In one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.moment = converter_of(UtcDateTime(), dialect)
        self._address = lru_cache(_ADDRESSES)(converter_of(AddressDocument(), dialect))

    def order(self, sale: PastSale, version: int) -> Row:
        order, total = sale.order, sale.order.total
        scale: int = 10 ** (PRICE_DECIMALS - total.currency.exponent)
        return (
            order.id,
            order.customer_id,
            sale.status.value,
            sale.payment_status.value,
            sale.fulfilment_status.value,
            order.currency.code,
            total.minor,
            total.minor * scale,
            order.channel,
            order.reference,
            order.notes,
            self._address(order.shipping_address),
            self._address(order.billing_address),
            strict_json(order.metadata) if order.metadata else "{}",
            self.moment(order.created_at),
            self.moment(sale.updated_at),
            version,
        )

    def movement(self, moved: StockMovement, actor: str) -> Row:
        return (
            moved.product_id,
            moved.location_id,
            moved.kind.value,
            moved.on_hand_delta,
            moved.reserved_delta,
            moved.order_id,
            moved.reason,
            actor,
            self.moment(moved.occurred_at),
        )

    def events(self, order_id: int, timeline: Iterable[RecordedEvent], by: By) -> list[Row]:
        who, which, moment = by.actor, by.correlation_id, self.moment
        return [
            (
                _ORDER,
                order_id,
                recorded.sequence,
                recorded.event.name,
                event_json(recorded.event).decode(),
                who,
                which,
                moment(recorded.occurred_at),
            )
            for recorded in timeline
        ]


def item_rows(sale: PastSale) -> Iterator[Row]:
    order_id, currency = sale.order.id, sale.order.currency.code
    is_shipped = sale.shipment is not None
    for line in sale.order.items:
        yield (
            order_id,
            line.id,
            line.product_id,
            line.sku,
            line.name,
            line.quantity,
            line.unit_price.ten_thousandths,
            line.line_total.minor,
            currency,
            line.track_inventory,
            line.quantity if is_shipped else 0,
            0,
        )


def adjustment_rows(order: PlacedOrder) -> Iterable[Row]:
    if not order.adjustments:
        return ()
    return [
        (order.id, position, each.kind.value, each.label, each.amount.minor, order.currency.code)
        for position, each in enumerate(order.adjustments)
    ]


def hold_rows(sale: PastSale) -> Iterator[Row]:
    if sale.shipment is None:
        order_id, location_id = sale.order.id, sale.location_id
        for line in sale.tracked_lines():
            yield (order_id, line.id, location_id, line.product_id, line.quantity, _ACTIVE)
