"""What can happen to an order; together these make its timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from orderwright.domain.events.event import Event
from orderwright.domain.value_objects.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LineQuantity:
    item_id: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Event):
    name: ClassVar[str] = "order.placed"
    customer_id: int
    channel: str
    reference: str | None
    total: Money
    item_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged(Event):
    """`before` and `after` hold the changed members as JSON has them."""

    name: ClassVar[str] = "order.changed"
    changed: tuple[str, ...]
    before: dict[str, object]
    after: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryValidated(Event):
    name: ClassVar[str] = "order.inventory_validated"
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderConfirmed(Event):
    name: ClassVar[str] = "order.confirmed"
    payment_status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped(Event):
    name: ClassVar[str] = "order.shipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDelivered(Event):
    name: ClassVar[str] = "order.delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationRequested(Event):
    name: ClassVar[str] = "order.cancellation_requested"
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(Event):
    name: ClassVar[str] = "order.cancelled"
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentCreated(Event):
    name: ClassVar[str] = "shipment.created"
    shipment_id: str
    items: tuple[LineQuantity, ...]
    carrier: str | None
    tracking_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentDelivered(Event):
    name: ClassVar[str] = "shipment.delivered"
    shipment_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentAdded(Event):
    name: ClassVar[str] = "order.attachment_added"
    attachment_id: str
    filename: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRemoved(Event):
    name: ClassVar[str] = "order.attachment_removed"
    attachment_id: str
    filename: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequested(Event):
    name: ClassVar[str] = "return.requested"
    return_id: str
    items: tuple[LineQuantity, ...]
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReceived(Event):
    name: ClassVar[str] = "return.received"
    return_id: str
    items: tuple[LineQuantity, ...]
    restocked: tuple[LineQuantity, ...]
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRefunded(Event):
    name: ClassVar[str] = "return.refunded"
    return_id: str
    refund_id: str
