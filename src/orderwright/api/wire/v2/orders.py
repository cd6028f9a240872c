from typing import Any, Self

from orderwright.api.wire.addresses import AddressJson
from orderwright.api.wire.body import Code, Shown, Time
from orderwright.api.wire.fulfilment import ShipmentJson
from orderwright.api.wire.v2.money import MoneyObject
from orderwright.api.wire.v2.payments import PaymentV2Json
from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.order_parts import AdjustmentKind
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.interfaces.order_reader import OrderInFull


class ItemV2Json(Shown):
    id: int
    product_id: int
    sku: str
    name: str
    quantity: int
    unit_price: MoneyObject
    line_total: MoneyObject
    shipped: int
    returned: int


class AdjustmentV2Json(Shown):
    kind: AdjustmentKind
    label: str
    amount: MoneyObject


class OrderCustomerJson(Shown):
    id: int
    name: str
    email: str | None
    external_ref: str | None


class _OrderItself(Shown):
    id: int
    status: OrderStatus
    payment_status: PaymentStatus
    fulfilment_status: FulfilmentStatus
    total: MoneyObject
    currency: Code
    customer_id: int
    channel: str
    reference: str | None
    notes: str | None
    items: list[ItemV2Json]
    adjustments: list[AdjustmentV2Json]
    shipping_address: AddressJson | None
    billing_address: AddressJson | None
    metadata: dict[str, Any]
    cancellation_requested_at: Time | None
    cancellation_reason: str | None
    created_at: Time
    updated_at: Time
    version: int


class OrderV2Json(_OrderItself):
    """An order with its customer, payments and shipments; amounts say their currency."""

    customer: OrderCustomerJson
    payments: list[PaymentV2Json]
    shipments: list[ShipmentJson]
    timeline_url: str

    @classmethod
    def of(cls, full: OrderInFull) -> Self:
        itself = _OrderItself.model_validate(full.order)
        return cls.model_construct(
            **dict(itself),
            customer=OrderCustomerJson.model_validate(full.customer),
            payments=[PaymentV2Json.model_validate(each) for each in full.payments],
            shipments=[ShipmentJson.model_validate(each) for each in full.shipments],
            timeline_url=f"/api/v2/orders/{full.order.id}/timeline",
        )
