from typing import Annotated, Any, Final

from pydantic import Field

from orderwright.api.wire.addresses import AddressBody, AddressJson
from orderwright.api.wire.body import Body, Code, Decimals, Metadata, Shown, Time
from orderwright.api.wire.numbers import Amount, Id, Quantity
from orderwright.api.wire.text import ONE_LINE, Channel, Label, Notes, Reason, Reference
from orderwright.application.commands.cancel_order import CancelOrder
from orderwright.application.commands.change_order import ChangeOrder
from orderwright.application.commands.place_order import PlaceOrder, WantedAdjustment
from orderwright.application.commands.process_order import RequestProcessing
from orderwright.application.services.pricing import WantedItem
from orderwright.domain.entities.order import DEFAULT_CHANNEL, FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.order_parts import AdjustmentKind
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.value_objects.address import Address

# As many as one request can be read, placed and answered in seconds.
ORDERS_MAX: Final = 1_000


class ItemBody(Body):
    product_id: Id
    quantity: Quantity
    unit_price: Amount | None = Field(None, description="needs catalog:write")

    def to_wanted(self) -> WantedItem:
        return WantedItem(
            product_id=self.product_id, quantity=self.quantity, unit_price=self.unit_price
        )


class AdjustmentBody(Body):
    kind: Annotated[AdjustmentKind, Field(strict=False)]
    label: Label
    amount: Amount

    def to_wanted(self) -> WantedAdjustment:
        return WantedAdjustment(kind=self.kind, label=self.label, amount=self.amount)


class PaymentBody(Body):
    token: Annotated[str, Field(min_length=1, max_length=255), ONE_LINE] | None = None


class PlaceOrderBody(Body):
    customer_id: Id
    items: Annotated[list[ItemBody], Field(min_length=1, max_length=100)]
    notes: Notes | None = None
    adjustments: Annotated[list[AdjustmentBody], Field(max_length=50)] = Field(default_factory=list)
    payment: PaymentBody | None = Field(None, description="given, the order is processed at once")
    channel: Channel = DEFAULT_CHANNEL
    reference: Reference | None = None
    shipping_address: AddressBody | None = None
    billing_address: AddressBody | None = None
    metadata: Metadata = Field(default_factory=dict)

    def to_command(self) -> PlaceOrder:
        return PlaceOrder(
            customer_id=self.customer_id,
            items=[item.to_wanted() for item in self.items],
            adjustments=[adjustment.to_wanted() for adjustment in self.adjustments],
            channel=self.channel,
            reference=self.reference,
            notes=self.notes,
            shipping_address=_address(self.shipping_address),
            billing_address=_address(self.billing_address),
            metadata=self.metadata,
            payment_token=_token(self.payment),
            pay_now=self.payment is not None,
        )


class BatchedOrderBody(PlaceOrderBody):
    idempotency_key: (
        Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]*$")] | None
    ) = Field(None, description="as the header `Idempotency-Key`, for this order alone")


class PlaceOrdersBody(Body):
    orders: Annotated[list[BatchedOrderBody], Field(min_length=1, max_length=ORDERS_MAX)]


class ChangeOrderBody(Body):
    """What is not named stays; null clears. `metadata` is replaced as a whole."""

    notes: Notes | None = None
    shipping_address: AddressBody | None = None
    billing_address: AddressBody | None = None
    metadata: Metadata | None = None

    def to_command(self, order_id: int) -> ChangeOrder:
        wanted: dict[str, object] = {
            "notes": self.notes,
            "shipping_address": _address(self.shipping_address),
            "billing_address": _address(self.billing_address),
            "metadata": self.metadata or {},
        }
        named = {name: value for name, value in wanted.items() if name in self.model_fields_set}
        return ChangeOrder(order_id=order_id, changes=named)


class CancelBody(Body):
    reason: Reason | None = None

    def to_command(self, order_id: int) -> CancelOrder:
        return CancelOrder(order_id=order_id, reason=self.reason)


class ProcessBody(Body):
    payment: PaymentBody | None = None

    def to_command(self, order_id: int) -> RequestProcessing:
        return RequestProcessing(order_id=order_id, payment_token=_token(self.payment))


def _address(body: AddressBody | None) -> Address | None:
    return None if body is None else body.to_domain()


def _token(payment: PaymentBody | None) -> str | None:
    return None if payment is None else payment.token


class ItemJson(Shown):
    id: int
    product_id: int
    sku: str
    name: str
    quantity: int
    unit_price: Decimals
    line_total: Decimals
    shipped: int
    returned: int


class AdjustmentJson(Shown):
    kind: AdjustmentKind
    label: str
    amount: Decimals


class OrderJson(Shown):
    id: int
    status: OrderStatus
    payment_status: PaymentStatus
    fulfilment_status: FulfilmentStatus
    total: Decimals
    currency: Code
    customer_id: int
    channel: str
    reference: str | None
    notes: str | None
    items: list[ItemJson]
    adjustments: list[AdjustmentJson]
    shipping_address: AddressJson | None
    billing_address: AddressJson | None
    metadata: dict[str, Any]
    cancellation_requested_at: Time | None
    cancellation_reason: str | None
    created_at: Time
    updated_at: Time
    version: int


class ActionJson(Shown):
    action: str
    allowed: bool
    code: str | None
    reason: str | None


class TimelineEntryJson(Shown):
    sequence: int
    event: str
    occurred_at: Time
    actor: str
    correlation_id: str | None
    data: dict[str, Any]
