"""The whole schema as the first release has it."""

from typing import Any

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from orderwright.infrastructure.database.types import (
    BigInt,
    Bytes,
    Flag,
    Json,
    String_,
    UtcDateTime,
)

revision = "2026_11_22_0900"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    "customers",
    "products",
    "locations",
    "stock_levels",
    "orders",
    "order_items",
    "order_adjustments",
    "stock_movements",
    "reservations",
    "payments",
    "payment_operations",
    "shipments",
    "shipment_items",
    "returns",
    "return_items",
    "refunds",
    "refund_items",
    "events",
    "idempotency_keys",
    "tasks",
    "imported_documents",
    "users",
    "api_keys",
    "refresh_tokens",
)
_APPEND_ONLY = ("stock_movements", "events")


def upgrade() -> None:
    _create_customers()
    _create_products()
    _create_locations()
    _create_stock_levels()
    _create_orders()
    _create_order_items()
    _create_order_adjustments()
    _create_stock_movements()
    _create_reservations()
    _create_payments()
    _create_payment_operations()
    _create_shipments()
    _create_shipment_items()
    _create_returns()
    _create_return_items()
    _create_refunds()
    _create_refund_items()
    _create_events()
    _create_idempotency_keys()
    _create_tasks()
    _create_imported_documents()
    _create_users()
    _create_api_keys()
    _create_refresh_tokens()
    for table in _APPEND_ONLY:
        _keep_append_only(table)
    _open_the_first_location()


def downgrade() -> None:
    for table in _TABLES[::-1]:
        op.drop_table(table)
    if _is_postgresql():
        op.execute("DROP FUNCTION refuse_change()")


def _create_customers() -> None:
    op.create_table(
        "customers",
        Column("id", BigInt, Identity(), nullable=False),
        Column("name", String_(200), nullable=False),
        Column("email", String_(320)),
        Column("external_ref", String_(200)),
        Column("metadata", Json, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        Column("version", BigInt, nullable=False),
        PrimaryKeyConstraint("id", name="pk_customers"),
        UniqueConstraint("external_ref", name="uq_customers_external_ref"),
        sqlite_strict=True,
    )
    op.create_index("uq_customers_email", "customers", [text("lower(email)")], unique=True)


def _create_products() -> None:
    op.create_table(
        "products",
        Column("id", BigInt, Identity(), nullable=False),
        Column("sku", String_(64), nullable=False),
        Column("name", String_(200), nullable=False),
        Column("price_ten_thousandths", BigInt, nullable=False),
        Column("currency", _code(3), nullable=False),
        Column("active", Flag, nullable=False),
        Column("track_inventory", Flag, nullable=False),
        Column("backorder", Flag, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        Column("version", BigInt, nullable=False),
        CheckConstraint("price_ten_thousandths >= 0", name=op.f("ck_products_price_not_negative")),
        PrimaryKeyConstraint("id", name="pk_products"),
        UniqueConstraint("sku", name="uq_products_sku"),
        sqlite_strict=True,
    )


def _create_locations() -> None:
    op.create_table(
        "locations",
        Column("id", BigInt, Identity(), nullable=False),
        Column("name", String_(100), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("version", BigInt, nullable=False),
        PrimaryKeyConstraint("id", name="pk_locations"),
        UniqueConstraint("name", name="uq_locations_name"),
        sqlite_strict=True,
    )


def _create_stock_levels() -> None:
    op.create_table(
        "stock_levels",
        Column("id", BigInt, Identity(), nullable=False),
        Column("product_id", BigInt, nullable=False),
        Column("location_id", BigInt, nullable=False),
        Column("on_hand", BigInt, nullable=False),
        Column("reserved", BigInt, nullable=False),
        Column("backorder", Flag, nullable=False),
        Column("version", BigInt, nullable=False),
        CheckConstraint(
            "backorder OR reserved <= on_hand", name=op.f("ck_stock_levels_never_oversold")
        ),
        CheckConstraint("on_hand >= 0", name=op.f("ck_stock_levels_on_hand_not_negative")),
        CheckConstraint("reserved >= 0", name=op.f("ck_stock_levels_reserved_not_negative")),
        ForeignKeyConstraint(["location_id"], ["locations.id"], name="fk_stock_levels_location_id"),
        ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_stock_levels_product_id"),
        PrimaryKeyConstraint("id", name="pk_stock_levels"),
        UniqueConstraint(
            "product_id", "location_id", name="uq_stock_levels_product_id_location_id"
        ),
        sqlite_strict=True,
    )


def _create_orders() -> None:
    op.create_table(
        "orders",
        Column("id", BigInt, Identity(), nullable=False),
        Column("customer_id", BigInt, nullable=False),
        Column("status", _code(32), nullable=False),
        Column("payment_status", _code(32), nullable=False),
        Column("fulfilment_status", _code(32), nullable=False),
        Column("currency", _code(3), nullable=False),
        Column("total_minor", BigInt, nullable=False),
        Column("total_ten_thousandths", BigInt, nullable=False),
        Column("channel", String_(50), nullable=False),
        Column("reference", String_(200)),
        Column("notes", String_(500)),
        Column("shipping_address", Json),
        Column("billing_address", Json),
        Column("metadata", Json, nullable=False),
        Column("cancellation_requested_at", UtcDateTime),
        Column("cancellation_reason", String_(500)),
        Column("created_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        Column("version", BigInt, nullable=False),
        CheckConstraint("total_minor >= 0", name=op.f("ck_orders_total_not_negative")),
        ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_orders_customer_id"),
        PrimaryKeyConstraint("id", name="pk_orders"),
        UniqueConstraint("channel", "reference", name="uq_orders_channel_reference"),
        sqlite_strict=True,
    )
    op.create_index("ix_orders_channel", "orders", ["channel", "created_at", "id"])
    op.create_index("ix_orders_created_at", "orders", ["created_at", "id"])
    op.create_index("ix_orders_customer", "orders", ["customer_id", "created_at", "id"])
    op.create_index(
        "ix_orders_fulfilment_status", "orders", ["fulfilment_status", "created_at", "id"]
    )
    op.create_index("ix_orders_payment_status", "orders", ["payment_status", "created_at", "id"])
    op.create_index("ix_orders_reference", "orders", ["reference"])
    op.create_index("ix_orders_status", "orders", ["status", "created_at", "id"])
    op.create_index("ix_orders_total", "orders", ["total_ten_thousandths", "id"])


def _create_order_items() -> None:
    op.create_table(
        "order_items",
        Column("order_id", BigInt, nullable=False),
        Column("id", BigInt, nullable=False),
        Column("product_id", BigInt, nullable=False),
        Column("sku", String_(64), nullable=False),
        Column("name", String_(200), nullable=False),
        Column("quantity", BigInt, nullable=False),
        Column("unit_price_ten_thousandths", BigInt, nullable=False),
        Column("line_total_minor", BigInt, nullable=False),
        Column("currency", _code(3), nullable=False),
        Column("track_inventory", Flag, nullable=False),
        Column("shipped", BigInt, nullable=False),
        Column("returned", BigInt, nullable=False),
        CheckConstraint(
            "quantity BETWEEN 1 AND 1000000", name=op.f("ck_order_items_quantity_in_bounds")
        ),
        CheckConstraint(
            "returned BETWEEN 0 AND shipped", name=op.f("ck_order_items_returned_at_most_shipped")
        ),
        CheckConstraint(
            "shipped BETWEEN 0 AND quantity", name=op.f("ck_order_items_shipped_at_most_ordered")
        ),
        CheckConstraint(
            "unit_price_ten_thousandths >= 0", name=op.f("ck_order_items_price_not_negative")
        ),
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_order_items_order_id"),
        ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_order_items_product_id"),
        PrimaryKeyConstraint("order_id", "id", name="pk_order_items"),
        sqlite_strict=True,
    )
    op.create_index("ix_order_items_product", "order_items", ["product_id", "order_id"])


def _create_order_adjustments() -> None:
    op.create_table(
        "order_adjustments",
        Column("order_id", BigInt, nullable=False),
        Column("position", BigInt, nullable=False),
        Column("kind", _code(32), nullable=False),
        Column("label", String_(200), nullable=False),
        Column("amount_minor", BigInt, nullable=False),
        Column("currency", _code(3), nullable=False),
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_order_adjustments_order_id"),
        PrimaryKeyConstraint("order_id", "position", name="pk_order_adjustments"),
        sqlite_strict=True,
    )


def _create_stock_movements() -> None:
    op.create_table(
        "stock_movements",
        Column("id", BigInt, Identity(), nullable=False),
        Column("product_id", BigInt, nullable=False),
        Column("location_id", BigInt, nullable=False),
        Column("kind", _code(32), nullable=False),
        Column("on_hand_delta", BigInt, nullable=False),
        Column("reserved_delta", BigInt, nullable=False),
        Column("order_id", BigInt),
        Column("reason", String_(500)),
        Column("actor", String_(100), nullable=False),
        Column("occurred_at", UtcDateTime, nullable=False),
        CheckConstraint(
            "on_hand_delta <> 0 OR reserved_delta <> 0",
            name=op.f("ck_stock_movements_moves_something"),
        ),
        ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name="fk_stock_movements_location_id"
        ),
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_stock_movements_order_id"),
        ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_stock_movements_product_id"),
        PrimaryKeyConstraint("id", name="pk_stock_movements"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_stock_movements_level", "stock_movements", ["product_id", "location_id", "id"]
    )
    op.create_index("ix_stock_movements_order_id", "stock_movements", ["order_id"])


def _create_reservations() -> None:
    op.create_table(
        "reservations",
        Column("order_id", BigInt, nullable=False),
        Column("item_id", BigInt, nullable=False),
        Column("location_id", BigInt, nullable=False),
        Column("product_id", BigInt, nullable=False),
        Column("quantity", BigInt, nullable=False),
        Column("state", _code(32), nullable=False),
        CheckConstraint(
            "(state = 'active') = (quantity > 0)", name=op.f("ck_reservations_closed_holds_nothing")
        ),
        CheckConstraint("quantity >= 0", name=op.f("ck_reservations_quantity_not_negative")),
        ForeignKeyConstraint(["location_id"], ["locations.id"], name="fk_reservations_location_id"),
        ForeignKeyConstraint(
            ["order_id", "item_id"],
            ["order_items.order_id", "order_items.id"],
            name="fk_reservations_order_id_item_id",
        ),
        ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_reservations_product_id"),
        PrimaryKeyConstraint("order_id", "item_id", "location_id", name="pk_reservations"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_reservations_active",
        "reservations",
        ["product_id", "location_id"],
        postgresql_where=text("state = 'active'"),
        sqlite_where=text("state = 'active'"),
    )


def _create_payments() -> None:
    op.create_table(
        "payments",
        Column("id", String_(36), nullable=False),
        Column("order_id", BigInt, nullable=False),
        Column("provider", String_(32), nullable=False),
        Column("amount_minor", BigInt, nullable=False),
        Column("authorised_minor", BigInt, nullable=False),
        Column("captured_minor", BigInt, nullable=False),
        Column("refunded_minor", BigInt, nullable=False),
        Column("currency", _code(3), nullable=False),
        Column("status", _code(32), nullable=False),
        Column("token", String_(255)),
        Column("provider_payment_id", String_(255)),
        Column("created_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        CheckConstraint("amount_minor > 0", name=op.f("ck_payments_amount_positive")),
        CheckConstraint(
            "captured_minor <= authorised_minor",
            name=op.f("ck_payments_captured_at_most_authorised"),
        ),
        CheckConstraint(
            "refunded_minor BETWEEN 0 AND captured_minor",
            name=op.f("ck_payments_refunded_at_most_captured"),
        ),
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_payments_order_id"),
        PrimaryKeyConstraint("id", name="pk_payments"),
        sqlite_strict=True,
    )
    op.create_index("ix_payments_order_id", "payments", ["order_id"])


def _create_payment_operations() -> None:
    op.create_table(
        "payment_operations",
        Column("id", String_(36), nullable=False),
        Column("payment_id", String_(36), nullable=False),
        Column("kind", _code(32), nullable=False),
        Column("amount_minor", BigInt, nullable=False),
        Column("currency", _code(3), nullable=False),
        Column("state", _code(32), nullable=False),
        Column("sends", BigInt, nullable=False),
        Column("planned_at", UtcDateTime, nullable=False),
        Column("sent_at", UtcDateTime),
        Column("finished_at", UtcDateTime),
        Column("error_code", String_(64)),
        CheckConstraint("amount_minor > 0", name=op.f("ck_payment_operations_amount_positive")),
        ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name="fk_payment_operations_payment_id"
        ),
        PrimaryKeyConstraint("id", name="pk_payment_operations"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_payment_operations_open",
        "payment_operations",
        ["planned_at"],
        postgresql_where=text("state IN ('planned', 'sent', 'unknown')"),
        sqlite_where=text("state IN ('planned', 'sent', 'unknown')"),
    )
    op.create_index("ix_payment_operations_payment_id", "payment_operations", ["payment_id"])


def _create_shipments() -> None:
    op.create_table(
        "shipments",
        Column("id", String_(36), nullable=False),
        Column("order_id", BigInt, nullable=False),
        Column("carrier", String_(100)),
        Column("tracking_number", String_(100)),
        Column("status", _code(32), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("delivered_at", UtcDateTime),
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_shipments_order_id"),
        PrimaryKeyConstraint("id", name="pk_shipments"),
        sqlite_strict=True,
    )
    op.create_index("ix_shipments_order_id", "shipments", ["order_id"])


def _create_shipment_items() -> None:
    op.create_table(
        "shipment_items",
        Column("shipment_id", String_(36), nullable=False),
        Column("item_id", BigInt, nullable=False),
        Column("quantity", BigInt, nullable=False),
        CheckConstraint("quantity > 0", name=op.f("ck_shipment_items_quantity_positive")),
        ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name="fk_shipment_items_shipment_id"
        ),
        PrimaryKeyConstraint("shipment_id", "item_id", name="pk_shipment_items"),
        sqlite_strict=True,
    )


def _create_returns() -> None:
    op.create_table(
        "returns",
        Column("id", String_(36), nullable=False),
        Column("order_id", BigInt, nullable=False),
        Column("reason", String_(500)),
        Column("status", _code(32), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("received_at", UtcDateTime),
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_returns_order_id"),
        PrimaryKeyConstraint("id", name="pk_returns"),
        sqlite_strict=True,
    )
    op.create_index("ix_returns_order_id", "returns", ["order_id"])


def _create_return_items() -> None:
    op.create_table(
        "return_items",
        Column("return_id", String_(36), nullable=False),
        Column("item_id", BigInt, nullable=False),
        Column("quantity", BigInt, nullable=False),
        Column("restock", Flag, nullable=False),
        CheckConstraint("quantity > 0", name=op.f("ck_return_items_quantity_positive")),
        ForeignKeyConstraint(["return_id"], ["returns.id"], name="fk_return_items_return_id"),
        PrimaryKeyConstraint("return_id", "item_id", name="pk_return_items"),
        sqlite_strict=True,
    )


def _create_refunds() -> None:
    op.create_table(
        "refunds",
        Column("id", String_(36), nullable=False),
        Column("order_id", BigInt, nullable=False),
        Column("payment_id", String_(36), nullable=False),
        Column("operation_id", String_(36), nullable=False),
        Column("return_id", String_(36)),
        Column("amount_minor", BigInt, nullable=False),
        Column("currency", _code(3), nullable=False),
        Column("reason", String_(500)),
        Column("restock", Flag, nullable=False),
        Column("status", _code(32), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        CheckConstraint("amount_minor > 0", name=op.f("ck_refunds_amount_positive")),
        ForeignKeyConstraint(
            ["operation_id"], ["payment_operations.id"], name="fk_refunds_operation_id"
        ),
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_refunds_order_id"),
        ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_refunds_payment_id"),
        ForeignKeyConstraint(["return_id"], ["returns.id"], name="fk_refunds_return_id"),
        PrimaryKeyConstraint("id", name="pk_refunds"),
        UniqueConstraint("operation_id", name="uq_refunds_operation_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_refunds_order_id", "refunds", ["order_id"])


def _create_refund_items() -> None:
    op.create_table(
        "refund_items",
        Column("refund_id", String_(36), nullable=False),
        Column("item_id", BigInt, nullable=False),
        Column("quantity", BigInt, nullable=False),
        CheckConstraint("quantity > 0", name=op.f("ck_refund_items_quantity_positive")),
        ForeignKeyConstraint(["refund_id"], ["refunds.id"], name="fk_refund_items_refund_id"),
        PrimaryKeyConstraint("refund_id", "item_id", name="pk_refund_items"),
        sqlite_strict=True,
    )


def _create_events() -> None:
    op.create_table(
        "events",
        Column("id", BigInt, Identity(), nullable=False),
        Column("aggregate", String_(32), nullable=False),
        Column("aggregate_id", BigInt, nullable=False),
        Column("sequence", BigInt, nullable=False),
        Column("name", String_(64), nullable=False),
        Column("payload", Json, nullable=False),
        Column("actor", String_(100), nullable=False),
        Column("correlation_id", String_(128)),
        Column("occurred_at", UtcDateTime, nullable=False),
        CheckConstraint("sequence > 0", name=op.f("ck_events_sequence_positive")),
        PrimaryKeyConstraint("id", name="pk_events"),
        UniqueConstraint(
            "aggregate",
            "aggregate_id",
            "sequence",
            name="uq_events_aggregate_aggregate_id_sequence",
        ),
        sqlite_strict=True,
    )


def _create_idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        Column("caller", String_(100), nullable=False),
        Column("key", String_(255), nullable=False),
        Column("fingerprint", String_(64), nullable=False),
        Column("resource_id", String_(64)),
        Column("lease_until", UtcDateTime, nullable=False),
        Column("status", BigInt),
        Column("headers", Json),
        Column("body", Bytes),
        Column("created_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("caller", "key", name="pk_idempotency_keys"),
        sqlite_strict=True,
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])


def _create_tasks() -> None:
    op.create_table(
        "tasks",
        Column("id", String_(36), nullable=False),
        Column("name", String_(64), nullable=False),
        Column("payload", Json, nullable=False),
        Column("dedupe_key", String_(128)),
        Column("order_id", BigInt),
        Column("correlation_id", String_(128)),
        Column("state", _code(32), nullable=False),
        Column("attempts", BigInt, nullable=False),
        Column("fence", BigInt, nullable=False),
        Column("lease_until", UtcDateTime),
        Column("created_at", UtcDateTime, nullable=False),
        Column("due_at", UtcDateTime, nullable=False),
        Column("finished_at", UtcDateTime),
        Column("result", Json),
        Column("error", Json),
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_tasks_order_id"),
        PrimaryKeyConstraint("id", name="pk_tasks"),
        sqlite_strict=True,
    )
    op.create_index("ix_tasks_order_id", "tasks", ["order_id"])
    op.create_index(
        "ix_tasks_unfinished",
        "tasks",
        ["due_at"],
        postgresql_where=text("state IN ('queued', 'running')"),
        sqlite_where=text("state IN ('queued', 'running')"),
    )
    op.create_index(
        "uq_tasks_dedupe_key",
        "tasks",
        ["dedupe_key"],
        unique=True,
        postgresql_where=text("state IN ('queued', 'running')"),
        sqlite_where=text("state IN ('queued', 'running')"),
    )


def _create_imported_documents() -> None:
    op.create_table(
        "imported_documents",
        Column("channel", String_(50), nullable=False),
        Column("reference", String_(200), nullable=False),
        Column("fingerprint", String_(64), nullable=False),
        Column("outcome", _code(32), nullable=False),
        Column("verdicts", Json, nullable=False),
        Column("decided_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("channel", "reference", name="pk_imported_documents"),
        sqlite_strict=True,
    )


def _create_users() -> None:
    op.create_table(
        "users",
        Column("id", BigInt, Identity(), nullable=False),
        Column("username", String_(320), nullable=False),
        Column("email", String_(320)),
        Column("password_hash", String_(255), nullable=False),
        Column("permissions", Json, nullable=False),
        Column("active", Flag, nullable=False),
        Column("token_generation", BigInt, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("version", BigInt, nullable=False),
        PrimaryKeyConstraint("id", name="pk_users"),
        sqlite_strict=True,
    )
    op.create_index("uq_users_username", "users", [text("lower(username)")], unique=True)


def _create_api_keys() -> None:
    op.create_table(
        "api_keys",
        Column("id", BigInt, Identity(), nullable=False),
        Column("name", String_(100), nullable=False),
        Column("lookup", String_(32), nullable=False),
        Column("secret_hash", String_(64), nullable=False),
        Column("permissions", Json, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("revoked_at", UtcDateTime),
        Column("version", BigInt, nullable=False),
        PrimaryKeyConstraint("id", name="pk_api_keys"),
        UniqueConstraint("lookup", name="uq_api_keys_lookup"),
        sqlite_strict=True,
    )


def _create_refresh_tokens() -> None:
    op.create_table(
        "refresh_tokens",
        Column("id", String_(36), nullable=False),
        Column("family_id", String_(36), nullable=False),
        Column("user_id", BigInt, nullable=False),
        Column("token_hash", String_(64), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("expires_at", UtcDateTime, nullable=False),
        Column("used_at", UtcDateTime),
        Column("revoked_at", UtcDateTime),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_refresh_tokens_user_id"),
        PrimaryKeyConstraint("id", name="pk_refresh_tokens"),
        UniqueConstraint("token_hash", name="uq_refresh_tokens_token_hash"),
        sqlite_strict=True,
    )
    op.create_index("ix_refresh_tokens_family_id", "refresh_tokens", ["family_id"])
    op.create_index("ix_refresh_tokens_user_id", "refresh_tokens", ["user_id"])


def _keep_append_only(table: str) -> None:
    if not _is_postgresql():
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}\n"
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}\n"
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _open_the_first_location() -> None:
    """Stock lives somewhere from the start: location 1, with its event like every aggregate."""
    op.execute(
        "INSERT INTO locations (name, created_at, version) "
        "VALUES ('Main', '2026-11-22T09:00:00.000000Z', 1)"
    )
    # The backslash keeps the colon from being taken for a bound parameter.
    op.execute(
        "INSERT INTO events"
        " (aggregate, aggregate_id, sequence, name, payload, actor, occurred_at) "
        "SELECT 'location', id, 1, 'location.created', '{\"location_name\"\\:\"Main\"}',"
        " 'system', created_at FROM locations"
    )


def _code(length: int) -> TypeEngine[Any]:
    return String(length).with_variant(Text(), "sqlite")


def _is_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"
