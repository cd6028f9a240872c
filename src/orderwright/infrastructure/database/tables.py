"""The schema on one page, and the invariants that SQL can say.

Money is whole minor units beside its currency, unit prices are ten-thousandths of the major unit:
64-bit integers, which SQLite's STRICT tables enforce too. Nothing here is ever a float.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext

from orderwright.domain.entities.imported_document import ImportOutcome
from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.order_parts import QUANTITY_MAX, AdjustmentKind
from orderwright.domain.entities.payment_operation import OperationKind, OperationState
from orderwright.domain.entities.payment_status import PaymentState, PaymentStatus
from orderwright.domain.entities.refund import RefundStatus
from orderwright.domain.entities.reservation import ReservationState
from orderwright.domain.entities.return_ import ReturnStatus
from orderwright.domain.entities.shipment import ShipmentStatus
from orderwright.domain.entities.stock import MovementKind
from orderwright.domain.entities.task import TaskState
from orderwright.domain.interfaces.gateway_webhooks import EVENT_ID_CHARS_MAX, REFERENCE_CHARS_MAX
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import PRICE_DECIMALS
from orderwright.infrastructure.database.append_only import keep_append_only
from orderwright.infrastructure.database.domain_types import (
    AddressDocument,
    Choice,
    CurrencyCode,
    PermissionSet,
    id_text,
)
from orderwright.infrastructure.database.types import (
    BigInt,
    Bytes,
    Flag,
    Json,
    String_,
    UtcDateTime,
)

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _table(name: str, *parts: Any) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True)


def _id() -> Column[int]:
    return Column("id", BigInt, Identity(), primary_key=True)


def _id_text() -> Column[str]:
    return Column("id", id_text(), primary_key=True)


def _references(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Any:
    return Column(name, ForeignKey(target), nullable=nullable, index=index)


def _money(name: str) -> Column[int]:
    return Column(name, BigInt, nullable=False)


def _currency() -> Column[Currency]:
    return Column("currency", CurrencyCode, nullable=False)


def _at(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, UtcDateTime, nullable=nullable)


def _version() -> Column[int]:
    return Column("version", BigInt, nullable=False)


def _flag(name: str) -> Column[bool]:
    return Column(name, Flag, nullable=False)


def _metadata_column() -> Column[Any]:
    return Column("metadata", Json, nullable=False)


def _total_for_sorting(context: DefaultExecutionContext) -> int:
    """The total in ten-thousandths, comparable across currencies; a total never changes."""
    row: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    currency: Currency = row["currency"]
    minor: int = row["total_minor"]
    scale: int = 10 ** (PRICE_DECIMALS - currency.exponent)
    return minor * scale


customers = _table(
    "customers",
    _id(),
    Column("name", String_(200), nullable=False),
    Column("email", String_(320)),
    Column("external_ref", String_(200), unique=True),
    _metadata_column(),
    _at("created_at"),
    _at("updated_at"),
    _version(),
)
Index("uq_customers_email", func.lower(customers.c.email), unique=True)

products = _table(
    "products",
    _id(),
    Column("sku", String_(64), nullable=False, unique=True),
    Column("name", String_(200), nullable=False),
    Column("price_ten_thousandths", BigInt, nullable=False),
    _currency(),
    _flag("active"),
    _flag("track_inventory"),
    _flag("backorder"),
    _at("created_at"),
    _at("updated_at"),
    _version(),
    CheckConstraint("price_ten_thousandths >= 0", name="price_not_negative"),
    Index("ix_products_active", "active", "id"),
)

locations = _table(
    "locations",
    _id(),
    Column("name", String_(100), nullable=False, unique=True),
    _at("created_at"),
    _version(),
)

stock_levels = _table(
    "stock_levels",
    _id(),
    _references("product_id", "products.id"),
    _references("location_id", "locations.id"),
    Column("on_hand", BigInt, nullable=False),
    Column("reserved", BigInt, nullable=False),
    _flag("backorder"),
    _version(),
    UniqueConstraint("product_id", "location_id"),
    CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
    CheckConstraint("reserved >= 0", name="reserved_not_negative"),
    CheckConstraint("backorder OR reserved <= on_hand", name="never_oversold"),
    Index("ix_stock_levels_location", "location_id", "product_id"),
)

orders = _table(
    "orders",
    _id(),
    _references("customer_id", "customers.id"),
    Column("status", Choice(OrderStatus), nullable=False),
    Column("payment_status", Choice(PaymentStatus), nullable=False),
    Column("fulfilment_status", Choice(FulfilmentStatus), nullable=False),
    _currency(),
    _money("total_minor"),
    Column("total_ten_thousandths", BigInt, nullable=False, default=_total_for_sorting),
    Column("channel", String_(50), nullable=False),
    Column("reference", String_(200)),
    Column("notes", String_(500)),
    Column("shipping_address", AddressDocument),
    Column("billing_address", AddressDocument),
    _metadata_column(),
    _at("cancellation_requested_at", nullable=True),
    Column("cancellation_reason", String_(500)),
    _at("created_at"),
    _at("updated_at"),
    _version(),
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

order_items = _table(
    "order_items",
    _references("order_id", "orders.id"),
    Column("id", BigInt, nullable=False),
    _references("product_id", "products.id"),
    Column("sku", String_(64), nullable=False),
    Column("name", String_(200), nullable=False),
    Column("quantity", BigInt, nullable=False),
    Column("unit_price_ten_thousandths", BigInt, nullable=False),
    _money("line_total_minor"),
    _currency(),
    _flag("track_inventory"),
    Column("shipped", BigInt, nullable=False),
    Column("returned", BigInt, nullable=False),
    PrimaryKeyConstraint("order_id", "id"),
    CheckConstraint(f"quantity BETWEEN 1 AND {QUANTITY_MAX}", name="quantity_in_bounds"),
    CheckConstraint("unit_price_ten_thousandths >= 0", name="price_not_negative"),
    CheckConstraint("shipped BETWEEN 0 AND quantity", name="shipped_at_most_ordered"),
    CheckConstraint("returned BETWEEN 0 AND shipped", name="returned_at_most_shipped"),
    Index("ix_order_items_product", "product_id", "order_id"),
)

order_adjustments = _table(
    "order_adjustments",
    _references("order_id", "orders.id"),
    Column("position", BigInt, nullable=False),
    Column("kind", Choice(AdjustmentKind), nullable=False),
    Column("label", String_(200), nullable=False),
    _money("amount_minor"),
    _currency(),
    PrimaryKeyConstraint("order_id", "position"),
)

stock_movements = _table(
    "stock_movements",
    _id(),
    _references("product_id", "products.id"),
    _references("location_id", "locations.id"),
    Column("kind", Choice(MovementKind), nullable=False),
    Column("on_hand_delta", BigInt, nullable=False),
    Column("reserved_delta", BigInt, nullable=False),
    _references("order_id", "orders.id", nullable=True, index=True),
    Column("reason", String_(500)),
    Column("actor", String_(100), nullable=False),
    _at("occurred_at"),
    CheckConstraint("on_hand_delta <> 0 OR reserved_delta <> 0", name="moves_something"),
    Index("ix_stock_movements_level", "product_id", "location_id", "id"),
)

reservations = _table(
    "reservations",
    Column("order_id", BigInt, nullable=False),
    Column("item_id", BigInt, nullable=False),
    _references("location_id", "locations.id"),
    _references("product_id", "products.id"),
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

payments = _table(
    "payments",
    _id_text(),
    _references("order_id", "orders.id", index=True),
    Column("provider", String_(32), nullable=False),
    _money("amount_minor"),
    _money("authorised_minor"),
    _money("captured_minor"),
    _money("refunded_minor"),
    _currency(),
    Column("status", Choice(PaymentState), nullable=False),
    Column("token", String_(255)),
    Column("provider_payment_id", String_(255)),
    _at("created_at"),
    _at("updated_at"),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    CheckConstraint("captured_minor <= authorised_minor", name="captured_at_most_authorised"),
    CheckConstraint(
        "refunded_minor BETWEEN 0 AND captured_minor", name="refunded_at_most_captured"
    ),
)

payment_operations = _table(
    "payment_operations",
    _id_text(),
    _references("payment_id", "payments.id", index=True),
    Column("kind", Choice(OperationKind), nullable=False),
    _money("amount_minor"),
    _currency(),
    Column("state", Choice(OperationState), nullable=False),
    Column("sends", BigInt, nullable=False),
    _at("planned_at"),
    _at("sent_at", nullable=True),
    _at("finished_at", nullable=True),
    Column("error_code", String_(64)),
    _at("first_sent_at", nullable=True),
    _at("due_at", nullable=True),
    _at("attention_at", nullable=True),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    # None that is open is forgotten by everybody.
    CheckConstraint(
        "(state IN ('planned', 'sent', 'unknown'))"
        " = (due_at IS NOT NULL OR attention_at IS NOT NULL)",
        name="open_ones_are_looked_after",
    ),
    Index(
        "ix_payment_operations_due",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_payment_operations_attention",
        "attention_at",
        postgresql_where=text("attention_at IS NOT NULL"),
        sqlite_where=text("attention_at IS NOT NULL"),
    ),
)

shipments = _table(
    "shipments",
    _id_text(),
    _references("order_id", "orders.id", index=True),
    Column("carrier", String_(100)),
    Column("tracking_number", String_(100)),
    Column("status", Choice(ShipmentStatus), nullable=False),
    _at("created_at"),
    _at("delivered_at", nullable=True),
)

shipment_items = _table(
    "shipment_items",
    _references("shipment_id", "shipments.id"),
    Column("item_id", BigInt, nullable=False),
    Column("quantity", BigInt, nullable=False),
    PrimaryKeyConstraint("shipment_id", "item_id"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
)

returns = _table(
    "returns",
    _id_text(),
    _references("order_id", "orders.id", index=True),
    Column("reason", String_(500)),
    Column("status", Choice(ReturnStatus), nullable=False),
    _at("created_at"),
    _at("received_at", nullable=True),
)

return_items = _table(
    "return_items",
    _references("return_id", "returns.id"),
    Column("item_id", BigInt, nullable=False),
    Column("quantity", BigInt, nullable=False),
    _flag("restock"),
    PrimaryKeyConstraint("return_id", "item_id"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
)

refunds = _table(
    "refunds",
    _id_text(),
    _references("order_id", "orders.id", index=True),
    _references("payment_id", "payments.id"),
    Column("operation_id", ForeignKey("payment_operations.id"), nullable=False, unique=True),
    _references("return_id", "returns.id", nullable=True),
    _money("amount_minor"),
    _currency(),
    Column("reason", String_(500)),
    _flag("restock"),
    Column("status", Choice(RefundStatus), nullable=False),
    _at("created_at"),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
)

refund_items = _table(
    "refund_items",
    _references("refund_id", "refunds.id"),
    Column("item_id", BigInt, nullable=False),
    Column("quantity", BigInt, nullable=False),
    PrimaryKeyConstraint("refund_id", "item_id"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
)

events = _table(
    "events",
    _id(),
    Column("aggregate", String_(32), nullable=False),
    Column("aggregate_id", BigInt, nullable=False),
    Column("sequence", BigInt, nullable=False),
    Column("name", String_(64), nullable=False),
    Column("payload", Json, nullable=False),
    Column("actor", String_(100), nullable=False),
    Column("correlation_id", String_(128)),
    _at("occurred_at"),
    UniqueConstraint("aggregate", "aggregate_id", "sequence"),
    CheckConstraint("sequence > 0", name="sequence_positive"),
)

idempotency_keys = _table(
    "idempotency_keys",
    Column("caller", String_(100), nullable=False),
    Column("key", String_(255), nullable=False),
    Column("fingerprint", String_(64), nullable=False),
    Column("resource_id", String_(64)),
    _at("lease_until"),
    Column("status", BigInt),
    Column("headers", Json),
    Column("body", Bytes),
    _at("created_at"),
    PrimaryKeyConstraint("caller", "key"),
    Index("ix_idempotency_keys_created_at", "created_at"),
)

tasks = _table(
    "tasks",
    _id_text(),
    Column("name", String_(64), nullable=False),
    Column("payload", Json, nullable=False),
    Column("dedupe_key", String_(128)),
    _references("order_id", "orders.id", nullable=True, index=True),
    Column("correlation_id", String_(128)),
    Column("state", Choice(TaskState), nullable=False),
    Column("attempts", BigInt, nullable=False),
    Column("fence", BigInt, nullable=False),
    _at("lease_until", nullable=True),
    _at("created_at"),
    _at("due_at"),
    _at("finished_at", nullable=True),
    Column("result", Json),
    Column("error", Json),
    Index(
        "uq_tasks_dedupe_key",
        "dedupe_key",
        unique=True,
        postgresql_where=text("state IN ('queued', 'running')"),
        sqlite_where=text("state IN ('queued', 'running')"),
    ),
    Index(
        "ix_tasks_unfinished",
        "due_at",
        postgresql_where=text("state IN ('queued', 'running')"),
        sqlite_where=text("state IN ('queued', 'running')"),
    ),
)

deprecated_calls = _table(
    "deprecated_calls",
    Column("caller", String_(100), nullable=False),
    Column("route", String_(200), nullable=False),
    Column("calls", BigInt, nullable=False),
    _at("first_at"),
    _at("last_at"),
    PrimaryKeyConstraint("caller", "route"),
)

gateway_events = _table(
    "gateway_events",
    Column("provider", String_(50), nullable=False),
    Column("event_id", String_(EVENT_ID_CHARS_MAX), nullable=False),
    Column("reference", String_(REFERENCE_CHARS_MAX)),
    Column("order_id", BigInt),
    Column("received_at", UtcDateTime, nullable=False, index=True),
    PrimaryKeyConstraint("provider", "event_id"),
)

imported_documents = _table(
    "imported_documents",
    Column("channel", String_(50), nullable=False),
    Column("reference", String_(200), nullable=False),
    Column("fingerprint", String_(64), nullable=False),
    Column("outcome", Choice(ImportOutcome), nullable=False),
    Column("verdicts", Json, nullable=False),
    _at("decided_at"),
    PrimaryKeyConstraint("channel", "reference"),
)

users = _table(
    "users",
    _id(),
    Column("username", String_(320), nullable=False),
    Column("email", String_(320)),
    Column("password_hash", String_(255), nullable=False),
    Column("permissions", PermissionSet, nullable=False),
    _flag("active"),
    Column("token_generation", BigInt, nullable=False),
    _at("created_at"),
    _version(),
)
Index("uq_users_username", func.lower(users.c.username), unique=True)

api_keys = _table(
    "api_keys",
    _id(),
    Column("name", String_(100), nullable=False),
    Column("lookup", String_(32), nullable=False, unique=True),
    Column("secret_hash", String_(64), nullable=False),
    Column("permissions", PermissionSet, nullable=False),
    _at("created_at"),
    _at("revoked_at", nullable=True),
    _version(),
)

refresh_tokens = _table(
    "refresh_tokens",
    _id_text(),
    Column("family_id", id_text(), nullable=False, index=True),
    _references("user_id", "users.id", index=True),
    Column("token_hash", String_(64), nullable=False, unique=True),
    _at("created_at"),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    _at("used_at", nullable=True),
    _at("revoked_at", nullable=True),
)

sign_in_tallies = _table(
    "sign_in_tallies",
    Column("subject", String_(64), primary_key=True),
    Column("failures", BigInt, nullable=False),
    _at("wait_until"),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    CheckConstraint("failures >= 0", name="failures_not_negative"),
)

# What was written here is never changed; the database itself refuses (see append_only.py).
APPEND_ONLY: Final = (stock_movements, events)
keep_append_only(APPEND_ONLY)
