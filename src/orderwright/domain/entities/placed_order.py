"""An order at the moment it is placed: what a group of them is made of.

The rules are those of `Order`, whose first state this is. It is no entity: nothing can be done to it
but to write it down, so it costs a tenth of one, and placement makes thousands in a second.
Attributes are named as those of `Order`, so one wire model shows both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from orderwright.domain.entities.aggregate import UNSAVED
from orderwright.domain.entities.order import (
    FulfilmentStatus,
    order_total,
    payment_status_at_first,
)
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.order_parts import AdjustmentKind, checked_quantity
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.events.order import OrderPlaced
from orderwright.domain.value_objects.address import Address
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money, UnitPrice


@dataclass(slots=True, kw_only=True, eq=False)
class PlacedLine:
    """`id` is the line's number in its order, from 1."""

    id: int
    product_id: int
    sku: str
    name: str
    quantity: int
    unit_price: UnitPrice
    line_total: Money
    track_inventory: bool
    shipped: ClassVar[int] = 0
    returned: ClassVar[int] = 0

    @classmethod
    def of(
        cls,
        *,
        number: int,
        product_id: int,
        sku: str,
        name: str,
        quantity: int,
        unit_price: UnitPrice,
        track_inventory: bool,
    ) -> PlacedLine:
        """Raises: InvalidQuantity, AmountTooLarge."""
        return cls(
            id=number,
            product_id=product_id,
            sku=sku,
            name=name,
            quantity=checked_quantity(quantity),
            unit_price=unit_price,
            line_total=unit_price.times(quantity),
            track_inventory=track_inventory,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedAdjustment:
    kind: AdjustmentKind
    label: str
    amount: Money


@dataclass(slots=True, kw_only=True, eq=False)
class PlacedOrder:
    """Its number is given last, when it is certain that there will be one."""

    customer_id: int
    currency: Currency
    total: Money
    items: Sequence[PlacedLine]
    adjustments: Sequence[PlacedAdjustment]
    channel: str
    created_at: datetime
    payment_status: PaymentStatus
    reference: str | None = None
    notes: str | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    metadata: dict[str, object] = field(default_factory=dict)
    id: int = UNSAVED

    status: ClassVar[OrderStatus] = OrderStatus.PENDING
    fulfilment_status: ClassVar[FulfilmentStatus] = FulfilmentStatus.UNFULFILLED
    cancellation_requested_at: ClassVar[None] = None
    cancellation_reason: ClassVar[None] = None
    version: ClassVar[int] = 1  # that it was placed is its first event

    @property
    def updated_at(self) -> datetime:
        return self.created_at

    @classmethod
    def of(
        cls,
        *,
        customer_id: int,
        currency: Currency,
        items: Sequence[PlacedLine],
        adjustments: Sequence[PlacedAdjustment],
        channel: str,
        reference: str | None,
        notes: str | None,
        shipping_address: Address | None,
        billing_address: Address | None,
        metadata: dict[str, object],
        now: datetime,
    ) -> PlacedOrder:
        """Raises: EmptyOrder, CurrencyMismatch, NegativeTotal, AmountTooLarge."""
        total = order_total(items, adjustments, currency)
        return cls(
            customer_id=customer_id,
            currency=currency,
            total=total,
            items=items,
            adjustments=adjustments,
            channel=channel,
            created_at=now,
            payment_status=payment_status_at_first(total),
            reference=reference,
            notes=notes,
            shipping_address=shipping_address,
            billing_address=billing_address,
            metadata=metadata,
        )

    def placed_event(self) -> OrderPlaced:
        return OrderPlaced(
            customer_id=self.customer_id,
            channel=self.channel,
            reference=self.reference,
            total=self.total,
            item_count=len(self.items),
        )
