"""An order whose whole life is known when it is first written down: paid and confirmed when it was
placed, and shipped whole and delivered at once, unless its goods have not left yet.

The rules are those of `Order`, `Payment` and `Shipment`, and its timeline is the one they would have
recorded. It is no entity: nothing happens to it any more, so it costs a tenth of them. What happens
to the order later happens to the `Order` that it is read back as.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import ClassVar, Final

from orderwright.domain.entities.aggregate import RecordedEvent
from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderAct, OrderStatus, after
from orderwright.domain.entities.payment_operation import OperationKind, OperationState
from orderwright.domain.entities.payment_status import PaymentState, PaymentStatus
from orderwright.domain.entities.placed_order import PlacedLine, PlacedOrder
from orderwright.domain.entities.shipment import ShipmentStatus
from orderwright.domain.entities.stock import StockMovement, movements_of_past_sale
from orderwright.domain.events.event import Event
from orderwright.domain.events.order import (
    InventoryValidated,
    LineQuantity,
    OrderConfirmed,
    OrderDelivered,
    OrderShipped,
    ShipmentCreated,
    ShipmentDelivered,
)
from orderwright.domain.events.payment import PaymentCaptured, PaymentRequested
from orderwright.domain.value_objects.money import Money

_CONFIRMED: Final = after(OrderAct.CONFIRM, PlacedOrder.status)
_DELIVERED: Final = after(OrderAct.DELIVER, after(OrderAct.SHIP, _CONFIRMED))
# The same of every order.
_WAS_CONFIRMED: Final = OrderConfirmed(payment_status=str(PaymentStatus.PAID))
_WAS_SHIPPED, _WAS_DELIVERED = OrderShipped(), OrderDelivered()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPayment:
    """All that an order costs, charged once and captured at once."""

    id: str
    charge_id: str
    provider: str
    amount: Money
    at: datetime
    status: ClassVar = PaymentState.CAPTURED
    charge_kind: ClassVar = OperationKind.CHARGE
    charge_state: ClassVar = OperationState.SUCCEEDED
    charge_sends: ClassVar = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PastShipment:
    """All goods of an order, delivered as soon as they were shipped: no file says when."""

    id: str
    at: datetime
    status: ClassVar = ShipmentStatus.DELIVERED


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSale:
    """The units of its tracked lines are reserved at `location_id` while there is no `shipment`.
    There is no `payment` where there was nothing to pay."""

    order: PlacedOrder
    location_id: int
    payment: PastPayment | None
    shipment: PastShipment | None
    payment_status: ClassVar = PaymentStatus.PAID

    @property
    def status(self) -> OrderStatus:
        return _DELIVERED if self.shipment else _CONFIRMED

    @property
    def fulfilment_status(self) -> FulfilmentStatus:
        return FulfilmentStatus.FULFILLED if self.shipment else FulfilmentStatus.UNFULFILLED

    @property
    def updated_at(self) -> datetime:
        return self.shipment.at if self.shipment else self.order.created_at

    def tracked_lines(self) -> list[PlacedLine]:
        return [line for line in self.order.items if line.track_inventory]

    def movements(self) -> Iterator[StockMovement]:
        """Of goods that came and went; stock that is still there moves by its level."""
        if self.shipment is None:
            return
        for line in self.tracked_lines():
            yield from movements_of_past_sale(
                line.product_id,
                self.location_id,
                line.quantity,
                order_id=self.order.id,
                sold_at=self.order.created_at,
                shipped_at=self.shipment.at,
            )

    def timeline(self) -> list[RecordedEvent]:
        """The last sequence is the order's version."""
        numbers, placed_at = count(1), self.order.created_at
        told = [RecordedEvent(next(numbers), event, placed_at) for event in self._until_confirmed()]
        if self.shipment is not None:
            at = self.shipment.at
            told += [RecordedEvent(next(numbers), e, at) for e in self._shipped(self.shipment)]
        return told

    def _until_confirmed(self) -> Iterator[Event]:
        yield self.order.placed_event()
        yield InventoryValidated(units=sum(line.quantity for line in self.tracked_lines()))
        if self.payment is not None:
            paid = self.payment
            yield PaymentRequested(payment_id=paid.id, amount=paid.amount, provider=paid.provider)
            yield PaymentCaptured(payment_id=paid.id, amount=paid.amount)
        yield _WAS_CONFIRMED

    def _shipped(self, shipment: PastShipment) -> Iterator[Event]:
        lines = tuple([LineQuantity(item_id=i.id, quantity=i.quantity) for i in self.order.items])
        yield ShipmentCreated(
            shipment_id=shipment.id, items=lines, carrier=None, tracking_number=None
        )
        yield _WAS_SHIPPED
        yield ShipmentDelivered(shipment_id=shipment.id)
        yield _WAS_DELIVERED
