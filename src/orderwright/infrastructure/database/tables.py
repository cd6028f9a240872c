"""The schema of what is sold and ordered, and of its events; the rest has pages of its own. With it go
the invariants that SQL can say.

Money is whole minor units beside its currency, unit prices are ten-thousandths of the major unit:
64-bit integers, which SQLite's STRICT tables enforce too. Nothing here is ever a float.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext

from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.order_parts import QUANTITY_MAX, AdjustmentKind
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.entities.reservation import ReservationState
from orderwright.domain.entities.stock import MovementKind
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import PRICE_DECIMALS
from orderwright.infrastructure.database import (
    table_parts,
    tables_access,
    tables_attachments,
    tables_events,
    tables_fulfilment,
    tables_payments,
    tables_schedules,
    tables_webhooks,
    tables_work,
)
from orderwright.infrastructure.database.append_only import keep_append_only
from orderwright.infrastructure.database.domain_types import AddressDocument, Choice
from orderwright.infrastructure.database.table_parts import (
    at,
    counter,
    currency,
    flag,
    metadata_column,
    money,
    references,
    row_id,
    table,
    version,
)
from orderwright.infrastructure.database.types import BigInt, Json, String_

# The tables that have a page of their own; all of them are in `metadata`.
PAGES: Final = (
    tables_access,
    tables_attachments,
    tables_events,
    tables_fulfilment,
    tables_payments,
    tables_schedules,
    tables_webhooks,
    tables_work,
)
metadata: Final = table_parts.metadata


def _total_for_sorting(context: DefaultExecutionContext) -> int:
    """The total in ten-thousandths, comparable across currencies; a total never changes."""
    row: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    total_in: Currency = row["currency"]
    minor: int = row["total_minor"]
    scale: int = 10 ** (PRICE_DECIMALS - total_in.exponent)
    return minor * scale


customers = table(
    "customers",
    row_id(),
    Column("name", String_(200), nullable=False),
    Column("email", String_(320)),
    Column("external_ref", String_(200), unique=True),
    metadata_column(),
    at("created_at"),
    at("updated_at"),
    version(),
)
Index("uq_customers_email", func.lower(customers.c.email), unique=True)

products = table(
    "products",
    row_id(),
    Column("sku", String_(64), nullable=False, unique=True),
    Column("name", String_(200), nullable=False),
    Column("price_ten_thousandths", BigInt, nullable=False),
    currency(),
    flag("active"),
    flag("track_inventory"),
    flag("backorder"),
    at("created_at"),
    at("updated_at"),
    version(),
    CheckConstraint("price_ten_thousandths >= 0", name="price_not_negative"),
    Index("ix_products_active", "active", "id"),
)

locations = table(
    "locations",
    row_id(),
    Column("name", String_(100), nullable=False, unique=True),
    at("created_at"),
    version(),
)

stock_levels = table(
    "stock_levels",
    row_id(),
    references("product_id", "products.id"),
    references("location_id", "locations.id"),
    Column("on_hand", BigInt, nullable=False),
    Column("reserved", BigInt, nullable=False),
    flag("backorder"),
    version(),
    UniqueConstraint("product_id", "location_id"),
    CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
    CheckConstraint("reserved >= 0", name="reserved_not_negative"),
    CheckConstraint("backorder OR reserved <= on_hand", name="never_oversold"),
    Index("ix_stock_levels_location", "location_id", "product_id"),
)

orders = table(
    "orders",
    row_id(),
    references("customer_id", "customers.id"),
    Column("status", Choice(OrderStatus), nullable=False),
    Column("payment_status", Choice(PaymentStatus), nullable=False),
    Column("fulfilment_status", Choice(FulfilmentStatus), nullable=False),
    currency(),
    money("total_minor"),
    Column("total_ten_thousandths", BigInt, nullable=False, default=_total_for_sorting),
    Column("channel", String_(50), nullable=False),
    Column("reference", String_(200)),
    Column("notes", String_(500)),
    Column("shipping_address", AddressDocument),
    Column("billing_address", AddressDocument),
    metadata_column(),
    at("cancellation_requested_at", nullable=True),
    Column("cancellation_reason", String_(500)),
    at("created_at"),
    at("updated_at"),
    version(),
    UniqueConstraint("channel", "reference"),
    CheckConstraint("total_minor >= 0", name="total_not_negative"),
    # Each documented filter with the default sort, newest first, walks one of these backwards; the
    # other sorts walk one of the first two, or sort the few that another one finds (ADR 9).
    Index("ix_orders_created_at", "created_at", "id"),
    Index("ix_orders_total", "total_ten_thousandths", "id"),
    Index("ix_orders_customer", "customer_id", "created_at", "id"),
    Index("ix_orders_status", "status", "created_at", "id"),
    Index("ix_orders_payment_status", "payment_status", "created_at", "id"),
    Index("ix_orders_fulfilment_status", "fulfilment_status", "created_at", "id"),
    Index("ix_orders_channel", "channel", "created_at", "id"),
    # Orders without one, as most are, cost nothing here.
    Index(
        "ix_orders_reference",
        "reference",
        postgresql_where=text("reference IS NOT NULL"),
        sqlite_where=text("reference IS NOT NULL"),
    ),
)

order_items = table(
    "order_items",
    references("order_id", "orders.id"),
    Column("id", BigInt, nullable=False),
    references("product_id", "products.id"),
    Column("sku", String_(64), nullable=False),
    Column("name", String_(200), nullable=False),
    Column("quantity", BigInt, nullable=False),
    Column("unit_price_ten_thousandths", BigInt, nullable=False),
    money("line_total_minor"),
    currency(),
    flag("track_inventory"),
    Column("shipped", BigInt, nullable=False),
    Column("returned", BigInt, nullable=False),
    counter("refunded"),
    PrimaryKeyConstraint("order_id", "id"),
    CheckConstraint(f"quantity BETWEEN 1 AND {QUANTITY_MAX}", name="quantity_in_bounds"),
    CheckConstraint("unit_price_ten_thousandths >= 0", name="price_not_negative"),
    CheckConstraint("shipped BETWEEN 0 AND quantity", name="shipped_at_most_ordered"),
    CheckConstraint("returned BETWEEN 0 AND shipped", name="returned_at_most_shipped"),
    CheckConstraint("refunded BETWEEN 0 AND quantity", name="refunded_at_most_ordered"),
    Index("ix_order_items_product", "product_id", "order_id"),
)

order_adjustments = table(
    "order_adjustments",
    references("order_id", "orders.id"),
    Column("position", BigInt, nullable=False),
    Column("kind", Choice(AdjustmentKind), nullable=False),
    Column("label", String_(200), nullable=False),
    money("amount_minor"),
    currency(),
    PrimaryKeyConstraint("order_id", "position"),
)

stock_movements = table(
    "stock_movements",
    row_id(),
    references("product_id", "products.id"),
    references("location_id", "locations.id"),
    Column("kind", Choice(MovementKind), nullable=False),
    Column("on_hand_delta", BigInt, nullable=False),
    Column("reserved_delta", BigInt, nullable=False),
    references("order_id", "orders.id", nullable=True, index=True),
    Column("reason", String_(500)),
    Column("actor", String_(100), nullable=False),
    at("occurred_at"),
    CheckConstraint("on_hand_delta <> 0 OR reserved_delta <> 0", name="moves_something"),
    Index("ix_stock_movements_level", "product_id", "location_id", "id"),
)

reservations = table(
    "reservations",
    Column("order_id", BigInt, nullable=False),
    Column("item_id", BigInt, nullable=False),
    references("location_id", "locations.id"),
    references("product_id", "products.id"),
    Column("quantity", BigInt, nullable=False),
    Column("state", Choice(ReservationState), nullable=False),
    PrimaryKeyConstraint("order_id", "item_id", "location_id"),
    ForeignKeyConstraint(["order_id", "item_id"], ["order_items.order_id", "order_items.id"]),
    CheckConstraint("quantity >= 0", name="quantity_not_negative"),
    CheckConstraint("(state = 'active') = (quantity > 0)", name="closed_holds_nothing"),
    Index(
        "ix_reservations_active",
        "product_id",
        "location_id",
        postgresql_where=text("state = 'active'"),
        sqlite_where=text("state = 'active'"),
    ),
)

events = table(
    "events",
    row_id(),
    Column("aggregate", String_(32), nullable=False),
    Column("aggregate_id", BigInt, nullable=False),
    Column("sequence", BigInt, nullable=False),
    Column("name", String_(64), nullable=False),
    Column("payload", Json, nullable=False),
    Column("actor", String_(100), nullable=False),
    Column("correlation_id", String_(128)),
    at("occurred_at"),
    UniqueConstraint("aggregate", "aggregate_id", "sequence"),
    CheckConstraint("sequence > 0", name="sequence_positive"),
)

# What was written here is never changed; the database itself refuses (see append_only.py).
APPEND_ONLY: Final = (stock_movements, events)
keep_append_only(APPEND_ONLY)
