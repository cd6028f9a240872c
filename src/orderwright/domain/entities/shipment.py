from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orderwright.domain.entities.order import Order
from orderwright.domain.errors import Conflict, NotFound
from orderwright.domain.events.order import LineQuantity, ShipmentCreated, ShipmentDelivered


class ShipmentNotFound(NotFound):
    code = "shipment_not_found"


class AlreadyDelivered(Conflict):
    code = "already_delivered"


class ShipmentStatus(StrEnum):
    SHIPPED = "shipped"
    DELIVERED = "delivered"


@dataclass(kw_only=True, eq=False)
class ShipmentLine:
    item_id: int
    quantity: int


@dataclass(kw_only=True, eq=False)
class Shipment:
    """Goods of some or all lines of an order, handed to a carrier."""

    id: str
    order_id: int
    items: list[ShipmentLine]
    created_at: datetime
    carrier: str | None = None
    tracking_number: str | None = None
    status: ShipmentStatus = ShipmentStatus.SHIPPED
    delivered_at: datetime | None = None

    @classmethod
    def of(
        cls,
        order: Order,
        lines: list[LineQuantity],
        *,
        id: str,
        carrier: str | None,
        tracking_number: str | None,
        now: datetime,
    ) -> Shipment:
        """Ship `lines` of the order; the last of them makes it shipped.

        Raises: as `Order.ship`.
        """
        order.ship(lines)
        created = ShipmentCreated(
            shipment_id=id, items=tuple(lines), carrier=carrier, tracking_number=tracking_number
        )
        order.note(created, now)
        order.complete_shipping(now)
        return cls(
            id=id,
            order_id=order.id,
            items=[ShipmentLine(item_id=line.item_id, quantity=line.quantity) for line in lines],
            created_at=now,
            carrier=carrier,
            tracking_number=tracking_number,
        )

    def deliver(self, order: Order, now: datetime) -> None:
        """Raises: AlreadyDelivered."""
        if self.status is ShipmentStatus.DELIVERED:
            raise AlreadyDelivered("the shipment has been delivered")
        self.status = ShipmentStatus.DELIVERED
        self.delivered_at = now
        order.note(ShipmentDelivered(shipment_id=self.id), now)
