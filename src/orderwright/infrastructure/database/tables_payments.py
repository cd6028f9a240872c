"""Money: taken, given back, and what gateways tell of it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, PrimaryKeyConstraint, text

from orderwright.domain.entities.payment_operation import OperationKind, OperationState
from orderwright.domain.entities.payment_status import PaymentState
from orderwright.domain.entities.refund import RefundStatus
from orderwright.domain.interfaces.gateway_webhooks import EVENT_ID_CHARS_MAX, REFERENCE_CHARS_MAX
from orderwright.infrastructure.database.domain_types import Choice
from orderwright.infrastructure.database.table_parts import (
    at,
    counter,
    currency,
    flag,
    money,
    references,
    table,
    text_id,
)
from orderwright.infrastructure.database.types import BigInt, String_, UtcDateTime

payments = table(
    "payments",
    text_id(),
    references("order_id", "orders.id", index=True),
    Column("provider", String_(32), nullable=False),
    money("amount_minor"),
    money("authorised_minor"),
    money("captured_minor"),
    money("refunded_minor"),
    currency(),
    Column("status", Choice(PaymentState), nullable=False),
    Column("token", String_(255)),
    Column("provider_payment_id", String_(255)),
    at("created_at"),
    at("updated_at"),
    counter("refunding_minor"),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    CheckConstraint("captured_minor <= authorised_minor", name="captured_at_most_authorised"),
    CheckConstraint(
        "refunded_minor BETWEEN 0 AND captured_minor", name="refunded_at_most_captured"
    ),
    CheckConstraint(
        "refunding_minor BETWEEN 0 AND captured_minor - refunded_minor",
        name="refunding_at_most_left",
    ),
)

payment_operations = table(
    "payment_operations",
    text_id(),
    references("payment_id", "payments.id", index=True),
    Column("kind", Choice(OperationKind), nullable=False),
    money("amount_minor"),
    currency(),
    Column("state", Choice(OperationState), nullable=False),
    Column("sends", BigInt, nullable=False),
    at("planned_at"),
    at("sent_at", nullable=True),
    at("finished_at", nullable=True),
    Column("error_code", String_(64)),
    at("first_sent_at", nullable=True),
    at("due_at", nullable=True),
    at("attention_at", nullable=True),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    # None that is open is forgotten by everybody.
    CheckConstraint(
        "CASE WHEN state IN ('planned', 'sent', 'unknown')"
        " THEN due_at IS NOT NULL OR attention_at IS NOT NULL ELSE due_at IS NULL END",
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

refunds = table(
    "refunds",
    text_id(),
    references("order_id", "orders.id", index=True),
    references("payment_id", "payments.id"),
    Column("operation_id", ForeignKey("payment_operations.id"), nullable=False, unique=True),
    references("return_id", "returns.id", nullable=True),
    money("amount_minor"),
    currency(),
    Column("reason", String_(500)),
    flag("restock"),
    Column("status", Choice(RefundStatus), nullable=False),
    at("created_at"),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    Index("ix_refunds_created_at", "created_at"),
)

refund_items = table(
    "refund_items",
    references("refund_id", "refunds.id"),
    Column("item_id", BigInt, nullable=False),
    Column("quantity", BigInt, nullable=False),
    PrimaryKeyConstraint("refund_id", "item_id"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
)

gateway_events = table(
    "gateway_events",
    Column("provider", String_(50), nullable=False),
    Column("event_id", String_(EVENT_ID_CHARS_MAX), nullable=False),
    Column("reference", String_(REFERENCE_CHARS_MAX)),
    Column("order_id", BigInt),
    Column("received_at", UtcDateTime, nullable=False, index=True),
    PrimaryKeyConstraint("provider", "event_id"),
)
