"""Orders as they are shown. Attribute names are those of the entities, so one wire model fits both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from orderwright.domain.entities.customer import Customer
from orderwright.domain.entities.order import FulfilmentStatus, Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.order_parts import AdjustmentKind
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.entities.placed_order import PlacedOrder
from orderwright.domain.entities.shipment import Shipment
from orderwright.domain.errors import Rejected
from orderwright.domain.value_objects.address import Address
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money, UnitPrice


class InvalidCursor(Rejected):
    code = "invalid_cursor"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItemView:
    id: int
    product_id: int
    sku: str
    name: str
    quantity: int
    unit_price: UnitPrice
    line_total: Money
    shipped: int
    returned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentView:
    kind: AdjustmentKind
    label: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    id: int
    status: OrderStatus
    payment_status: PaymentStatus
    fulfilment_status: FulfilmentStatus
    customer_id: int
    currency: Currency
    total: Money
    channel: str
    reference: str | None
    notes: str | None
    shipping_address: Address | None
    billing_address: Address | None
    metadata: dict[str, object]
    cancellation_requested_at: datetime | None
    cancellation_reason: str | None
    created_at: datetime
    updated_at: datetime
    version: int
    items: tuple[OrderItemView, ...]
    adjustments: tuple[AdjustmentView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerView:
    id: int
    name: str
    email: str | None
    external_ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInFull:
    """An order with what stands around it, all of one moment; payments and shipments oldest first."""

    order: Order | OrderView | PlacedOrder
    customer: Customer | CustomerView
    payments: Sequence[Payment]
    shipments: Sequence[Shipment]


class OrderSort(StrEnum):
    """Each ends with `id` in the same direction, so that the order of a list is total."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    DEAREST = "-total"
    CHEAPEST = "total"
    HIGHEST_ID = "-id"
    LOWEST_ID = "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Each field narrows the list; None does not. Totals are in major units of any currency.

    `q` finds by order id, reference, customer e-mail or SKU, whole.
    """

    status: OrderStatus | None = None
    customer_id: int | None = None
    payment_status: PaymentStatus | None = None
    fulfilment_status: FulfilmentStatus | None = None
    channel: str | None = None
    reference: str | None = None
    product_id: int | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    min_total: Decimal | None = None
    max_total: Decimal | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """`next_cursor` is None on the last page; `total` is None unless it was asked for."""

    orders: tuple[OrderView, ...]
    next_cursor: str | None
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FullOrderPage:
    """`total` is a floor where `total_is_exact` is false."""

    orders: tuple[OrderInFull, ...]
    next_cursor: str | None
    total: int
    total_is_exact: bool


class OrderReader(Protocol):
    async def get(self, order_id: int) -> OrderView | None: ...

    async def page(
        self,
        narrowed: OrderFilter,
        *,
        sort: OrderSort,
        limit: int,
        skip: int = 0,
        cursor: str | None = None,
        count: bool = False,
    ) -> OrderPage:
        """Raises: InvalidCursor: not one of ours, or of a list sorted otherwise."""
        ...


class FullOrderReader(Protocol):
    async def get(self, order_id: int) -> OrderInFull | None: ...

    async def page(
        self,
        narrowed: OrderFilter,
        *,
        sort: OrderSort,
        limit: int,
        skip: int = 0,
        cursor: str | None = None,
        count_at_most: int,
    ) -> FullOrderPage:
        """Counts no further than `count_at_most`: a long count would cost more than the page.

        Raises: InvalidCursor: not one of ours, or of a list sorted otherwise.
        """
        ...
