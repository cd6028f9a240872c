"""Goods on their way to customers, and back."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, text

from orderwright.domain.entities.return_ import ReturnStatus
from orderwright.domain.entities.shipment import ShipmentStatus
from orderwright.infrastructure.database.domain_types import Choice
from orderwright.infrastructure.database.table_parts import at, flag, references, table, text_id
from orderwright.infrastructure.database.types import BigInt, String_

shipments = table(
    "shipments",
    text_id(),
    references("order_id", "orders.id", index=True),
    Column("carrier", String_(100)),
    Column("tracking_number", String_(100)),
    Column("status", Choice(ShipmentStatus), nullable=False),
    at("created_at"),
    at("delivered_at", nullable=True),
)

shipment_items = table(
    "shipment_items",
    references("shipment_id", "shipments.id"),
    Column("item_id", BigInt, nullable=False),
    Column("quantity", BigInt, nullable=False),
    PrimaryKeyConstraint("shipment_id", "item_id"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
)

returns = table(
    "returns",
    text_id(),
    references("order_id", "orders.id", index=True),
    Column("reason", String_(500)),
    Column("status", Choice(ReturnStatus), nullable=False),
    at("created_at"),
    at("received_at", nullable=True),
    Index(
        "ix_returns_received_at",
        "received_at",
        postgresql_where=text("received_at IS NOT NULL"),
        sqlite_where=text("received_at IS NOT NULL"),
    ),
)

return_items = table(
    "return_items",
    references("return_id", "returns.id"),
    Column("item_id", BigInt, nullable=False),
    Column("quantity", BigInt, nullable=False),
    flag("restock"),
    PrimaryKeyConstraint("return_id", "item_id"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
)
