from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from orderwright.application.services.pricing import WantedItem
from orderwright.domain.entities.order import DEFAULT_CHANNEL
from orderwright.domain.entities.order_parts import AdjustmentKind
from orderwright.domain.value_objects.address import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedAdjustment:
    """`amount` is a decimal in the order's currency, which the products decide."""

    kind: AdjustmentKind
    label: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """Everything an order needs is there and set aside, or nothing has changed; how, and why in
    groups: `application/placement`."""

    customer_id: int
    items: Sequence[WantedItem]
    adjustments: Sequence[WantedAdjustment] = ()
    channel: str = DEFAULT_CHANNEL
    reference: str | None = None
    notes: str | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    metadata: dict[str, object] = field(default_factory=dict)
    payment_token: str | None = None
    pay_now: bool = False
