from typing import Annotated

from pydantic import Field

from orderwright.api.wire.body import Body, Shown, Time
from orderwright.api.wire.numbers import Id, Quantity
from orderwright.api.wire.text import ONE_LINE, Reason
from orderwright.application.commands.receive_return import ReceiveReturn
from orderwright.application.commands.request_return import RequestReturn, WantedReturnLine
from orderwright.application.commands.ship_order import ShipOrder
from orderwright.domain.entities.return_ import ReceivedLine, ReturnStatus
from orderwright.domain.entities.shipment import ShipmentStatus
from orderwright.domain.events.order import LineQuantity

LINES_MAX = 100

CarrierText = Annotated[str, Field(min_length=1, max_length=100), ONE_LINE]


class LineBody(Body):
    item_id: Id
    quantity: Quantity

    def to_domain(self) -> LineQuantity:
        return LineQuantity(item_id=self.item_id, quantity=self.quantity)


class ReturnLineBody(LineBody):
    restock: bool = False

    def to_wanted(self) -> WantedReturnLine:
        return WantedReturnLine(item_id=self.item_id, quantity=self.quantity, restock=self.restock)


class ReceivedLineBody(LineBody):
    """`restock`: where it is not as it was requested."""

    restock: bool | None = None

    def to_received(self) -> ReceivedLine:
        return ReceivedLine(item_id=self.item_id, quantity=self.quantity, restock=self.restock)


class ShipBody(Body):
    """Without `items`, all that is left to ship."""

    items: Annotated[list[LineBody], Field(min_length=1, max_length=LINES_MAX)] | None = None
    carrier: CarrierText | None = None
    tracking_number: CarrierText | None = None

    def to_command(self, order_id: int) -> ShipOrder:
        return ShipOrder(
            order_id=order_id,
            lines=None if self.items is None else [line.to_domain() for line in self.items],
            carrier=self.carrier,
            tracking_number=self.tracking_number,
        )


class ReturnBody(Body):
    items: Annotated[list[ReturnLineBody], Field(min_length=1, max_length=LINES_MAX)]
    reason: Reason | None = None

    def to_command(self, order_id: int) -> RequestReturn:
        return RequestReturn(
            order_id=order_id,
            lines=[line.to_wanted() for line in self.items],
            reason=self.reason,
        )


class ReceiveBody(Body):
    """`items` are what came; without them, all that was requested."""

    items: Annotated[list[ReceivedLineBody], Field(min_length=1, max_length=LINES_MAX)] | None = (
        None
    )
    reason: Reason | None = None

    def to_command(self, order_id: int, return_id: str) -> ReceiveReturn:
        return ReceiveReturn(
            order_id=order_id,
            return_id=return_id,
            lines=None if self.items is None else [line.to_received() for line in self.items],
            reason=self.reason,
        )


class LineJson(Shown):
    item_id: int
    quantity: int


class ReturnLineJson(LineJson):
    restock: bool


class ShipmentJson(Shown):
    id: str
    order_id: int
    status: ShipmentStatus
    carrier: str | None
    tracking_number: str | None
    items: list[LineJson]
    created_at: Time
    delivered_at: Time | None


class ReturnJson(Shown):
    id: str
    order_id: int
    status: ReturnStatus
    reason: str | None
    items: list[ReturnLineJson]
    created_at: Time
    received_at: Time | None
