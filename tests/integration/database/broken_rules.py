"""How to break every rule of the schema, on the rows of `whole_entities.py`: one statement each."""

from typing import Final

CHECKS: Final = [
    ("ck_products_price_not_negative", "UPDATE products SET price_ten_thousandths = -1"),
    ("ck_stock_levels_on_hand_not_negative", "UPDATE stock_levels SET on_hand = -1"),
    ("ck_stock_levels_reserved_not_negative", "UPDATE stock_levels SET reserved = -1"),
    ("ck_sign_in_tallies_failures_not_negative", "UPDATE sign_in_tallies SET failures = -1"),
    ("ck_stock_levels_never_oversold", "UPDATE stock_levels SET backorder = NOT backorder"),
    (
        "ck_stock_movements_moves_something",
        (
            "INSERT INTO stock_movements"
            " (product_id, location_id, kind, on_hand_delta, reserved_delta, actor, occurred_at)"
            " SELECT 12, 13, 'adjustment', 0, 0, 'system', created_at FROM orders"
        ),
    ),
    ("ck_orders_total_not_negative", "UPDATE orders SET total_minor = -1"),
    (
        "ck_order_items_quantity_in_bounds",
        "UPDATE order_items SET quantity = 0, shipped = 0, returned = 0, refunded = 0",
    ),
    ("ck_order_items_quantity_in_bounds", "UPDATE order_items SET quantity = 1000001"),
    ("ck_order_items_price_not_negative", "UPDATE order_items SET unit_price_ten_thousandths = -1"),
    ("ck_order_items_shipped_at_most_ordered", "UPDATE order_items SET shipped = quantity + 1"),
    ("ck_order_items_returned_at_most_shipped", "UPDATE order_items SET returned = shipped + 1"),
    ("ck_order_items_returned_at_most_shipped", "UPDATE order_items SET returned = -1"),
    (
        "ck_order_items_refunded_at_most_ordered",
        "UPDATE order_items SET refunded = refunded + quantity",
    ),
    ("ck_order_items_refunded_at_most_ordered", "UPDATE order_items SET refunded = -1"),
    (
        "ck_order_items_refunded_at_most_ordered",
        (
            "INSERT INTO order_items (order_id, id, product_id, sku, name, quantity,"
            " unit_price_ten_thousandths, line_total_minor, currency, track_inventory, shipped,"
            " returned, refunded) SELECT order_id, 99, product_id, sku, name, 1, 0, 0, currency,"
            " track_inventory, 0, 0, 2 FROM order_items"
        ),
    ),
    ("ck_reservations_closed_holds_nothing", "UPDATE reservations SET quantity = 1"),
    ("ck_reservations_closed_holds_nothing", "UPDATE reservations SET state = 'active'"),
    ("ck_reservations_quantity_not_negative", "UPDATE reservations SET quantity = -1"),
    ("ck_payments_amount_positive", "UPDATE payments SET amount_minor = 0"),
    (
        "ck_payments_captured_at_most_authorised",
        "UPDATE payments SET captured_minor = authorised_minor + 1",
    ),
    (
        "ck_payments_refunded_at_most_captured",
        "UPDATE payments SET refunded_minor = captured_minor + 1",
    ),
    ("ck_payments_refunded_at_most_captured", "UPDATE payments SET refunded_minor = -1"),
    (
        "ck_payments_refunding_at_most_left",
        "UPDATE payments SET refunding_minor = captured_minor - refunded_minor + 1",
    ),
    ("ck_payments_refunding_at_most_left", "UPDATE payments SET refunding_minor = -1"),
    (
        "ck_payments_refunding_at_most_left",
        (
            "INSERT INTO payments (id, order_id, provider, amount_minor, authorised_minor,"
            " captured_minor, refunded_minor, refunding_minor, currency, status, created_at,"
            " updated_at) SELECT 'payment-2', order_id, provider, 9, 9, 9, 5, 5, currency, status,"
            " created_at, updated_at FROM payments"
        ),
    ),
    ("ck_payment_operations_amount_positive", "UPDATE payment_operations SET amount_minor = 0"),
    (
        "ck_payment_operations_open_ones_are_looked_after",
        "UPDATE payment_operations SET state = 'failed'",
    ),
    (
        "ck_payment_operations_open_ones_are_looked_after",
        "UPDATE payment_operations SET due_at = NULL, attention_at = NULL",
    ),
    ("ck_shipment_items_quantity_positive", "UPDATE shipment_items SET quantity = 0"),
    ("ck_return_items_quantity_positive", "UPDATE return_items SET quantity = 0"),
    ("ck_refund_items_quantity_positive", "UPDATE refund_items SET quantity = 0"),
    ("ck_refunds_amount_positive", "UPDATE refunds SET amount_minor = 0"),
    (
        "ck_events_sequence_positive",
        (
            "INSERT INTO events"
            " (aggregate, aggregate_id, sequence, name, payload, actor, occurred_at)"
            " SELECT aggregate, aggregate_id, 0, name, payload, actor, occurred_at FROM events"
        ),
    ),
    ("ck_event_feed_position_positive", "UPDATE event_feed SET position = 0"),
    ("ck_event_feed_head_only_one", "UPDATE event_feed_head SET id = 2"),
    (
        "ck_webhook_deliveries_open_or_finished",
        (
            "INSERT INTO webhook_deliveries (endpoint_id, event_type, state, attempts, fence,"
            " created_at, due_at, finished_at) SELECT id, 'webhook.test', 'pending', 0, 0, created_at,"
            " created_at, created_at FROM webhook_endpoints"
        ),
    ),
]
TWINS: Final = [
    (
        "uq_webhook_deliveries_endpoint_id_position",
        (
            "INSERT INTO webhook_deliveries (endpoint_id, position, event_type, state, attempts, fence,"
            " created_at, due_at) SELECT id, 1, 'order.placed', 'pending', 0, 0, created_at, created_at"
            " FROM webhook_endpoints, (SELECT 1 AS n UNION ALL SELECT 2) AS twice"
        ),
    ),
    (
        "uq_event_feed_event_id",
        (
            "INSERT INTO event_feed (position, event_id, name, visible_at)"
            " SELECT position + 1, event_id, name, visible_at FROM event_feed"
        ),
    ),
    (
        "uq_customers_external_ref",
        (
            "INSERT INTO customers (name, external_ref, metadata, created_at, updated_at, version)"
            " SELECT name, external_ref, metadata, created_at, updated_at, 0 FROM customers"
        ),
    ),
    (
        "uq_customers_email",  # whatever its letters' case
        (
            "INSERT INTO customers (name, email, metadata, created_at, updated_at, version)"
            " SELECT name, upper(email), metadata, created_at, updated_at, 0 FROM customers"
        ),
    ),
    (
        "uq_products_sku",
        (
            "INSERT INTO products (sku, name, price_ten_thousandths, currency, active,"
            " track_inventory, backorder, created_at, updated_at, version)"
            " SELECT sku, name, 0, currency, active, track_inventory, backorder, created_at,"
            " updated_at, 0 FROM products"
        ),
    ),
    (
        "uq_locations_name",
        (
            "INSERT INTO locations (name, created_at, version)"
            " SELECT name, created_at, 0 FROM locations"
        ),
    ),
    (
        "uq_stock_levels_product_id_location_id",
        (
            "INSERT INTO stock_levels (product_id, location_id, on_hand, reserved, backorder, version)"
            " SELECT product_id, location_id, 0, 0, backorder, 0 FROM stock_levels"
        ),
    ),
    (
        "uq_orders_channel_reference",
        (
            "INSERT INTO orders (customer_id, status, payment_status, fulfilment_status, currency,"
            " total_minor, total_ten_thousandths, channel, reference, metadata, created_at, updated_at,"
            " version) SELECT customer_id, 'pending', 'unpaid', 'unfulfilled', currency, 1, 10,"
            " channel, reference, metadata, created_at, updated_at, 0 FROM orders"
        ),
    ),
    (
        "uq_refunds_operation_id",
        (
            "INSERT INTO refunds (id, order_id, payment_id, operation_id, amount_minor, currency,"
            " restock, status, created_at) SELECT 'refund-2', order_id, payment_id, operation_id, 1,"
            " currency, restock, status, created_at FROM refunds"
        ),
    ),
    (
        "uq_events_aggregate_aggregate_id_sequence",
        (
            "INSERT INTO events"
            " (aggregate, aggregate_id, sequence, name, payload, actor, occurred_at)"
            " SELECT aggregate, aggregate_id, sequence, name, payload, actor, occurred_at FROM events"
        ),
    ),
    (
        "uq_users_username",  # whatever its letters' case
        (
            "INSERT INTO users (username, password_hash, permissions, active, token_generation,"
            " created_at, version) SELECT upper(username), password_hash, permissions, active, 1,"
            " created_at, 0 FROM users"
        ),
    ),
    (
        "uq_api_keys_lookup",
        (
            "INSERT INTO api_keys (name, lookup, secret_hash, permissions, created_at, version)"
            " SELECT name, lookup, secret_hash, permissions, created_at, 0 FROM api_keys"
        ),
    ),
    (
        "uq_refresh_tokens_token_hash",
        (
            "INSERT INTO refresh_tokens (id, family_id, user_id, token_hash, created_at, expires_at)"
            " SELECT 'token-2', family_id, user_id, token_hash, created_at, expires_at"
            " FROM refresh_tokens"
        ),
    ),
    (
        "uq_tasks_dedupe_key",  # among the unfinished
        (
            "INSERT INTO tasks"
            " (id, name, payload, dedupe_key, state, attempts, fence, created_at, due_at)"
            " SELECT new.id, name, payload, dedupe_key, new.state, 0, 0, created_at, due_at"
            " FROM tasks, (SELECT 'task-2' AS id, 'queued' AS state"
            " UNION ALL SELECT 'task-3', 'running') AS new"
        ),
    ),
    (
        "pk_idempotency_keys",  # of one caller
        (
            "INSERT INTO idempotency_keys (caller, key, fingerprint, lease_until, created_at)"
            " SELECT 'user:1', 'key', fingerprint, created_at, created_at FROM orders,"
            " (SELECT 'a' AS fingerprint UNION ALL SELECT 'b') AS requests"
        ),
    ),
]
REFERENCES: Final = [
    (
        "fk_webhook_deliveries_endpoint_id",
        (
            "INSERT INTO webhook_deliveries (endpoint_id, event_type, state, attempts, fence,"
            " created_at, due_at) SELECT 999, 'webhook.test', 'pending', 0, 0, created_at, created_at"
            " FROM webhook_endpoints"
        ),
    ),
    (
        "fk_webhook_attempts_delivery_id",
        (
            "INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_ms,"
            " request_headers, request_body, response_headers, response_body)"
            " SELECT 999, 1, created_at, 0, '{}', '', '{}', '' FROM webhook_endpoints"
        ),
    ),
    ("fk_stock_levels_product_id", "UPDATE stock_levels SET product_id = 999"),
    ("fk_stock_levels_location_id", "UPDATE stock_levels SET location_id = 999"),
    ("fk_orders_customer_id", "UPDATE orders SET customer_id = 999"),
    (
        "fk_order_items_order_id",
        (
            "INSERT INTO order_items (order_id, id, product_id, sku, name, quantity,"
            " unit_price_ten_thousandths, line_total_minor, currency, track_inventory, shipped,"
            " returned) SELECT 999, 1, product_id, sku, name, 1, 0, 0, currency, track_inventory, 0, 0"
            " FROM order_items"
        ),
    ),
    ("fk_order_items_product_id", "UPDATE order_items SET product_id = 999"),
    ("fk_order_adjustments_order_id", "UPDATE order_adjustments SET order_id = 999"),
    ("fk_reservations_location_id", "UPDATE reservations SET location_id = 999"),
    ("fk_reservations_product_id", "UPDATE reservations SET product_id = 999"),
    ("fk_reservations_order_id_item_id", "UPDATE reservations SET item_id = 999"),
    ("fk_payments_order_id", "UPDATE payments SET order_id = 999"),
    ("fk_payment_operations_payment_id", "UPDATE payment_operations SET payment_id = 'none'"),
    ("fk_shipments_order_id", "UPDATE shipments SET order_id = 999"),
    ("fk_shipment_items_shipment_id", "UPDATE shipment_items SET shipment_id = 'none'"),
    ("fk_attachments_order_id", "UPDATE attachments SET order_id = 999"),
    ("ck_attachments_size_positive", "UPDATE attachments SET size = 0"),
    ("fk_returns_order_id", "UPDATE returns SET order_id = 999"),
    ("fk_return_items_return_id", "UPDATE return_items SET return_id = 'none'"),
    ("fk_refunds_order_id", "UPDATE refunds SET order_id = 999"),
    ("fk_refunds_payment_id", "UPDATE refunds SET payment_id = 'none'"),
    ("fk_refunds_operation_id", "UPDATE refunds SET operation_id = 'none'"),
    ("fk_refunds_return_id", "UPDATE refunds SET return_id = 'none'"),
    ("fk_refund_items_refund_id", "UPDATE refund_items SET refund_id = 'none'"),
    ("fk_tasks_order_id", "UPDATE tasks SET order_id = 999"),
    ("fk_refresh_tokens_user_id", "UPDATE refresh_tokens SET user_id = 999"),
    (
        "fk_stock_movements_product_id",
        (
            "INSERT INTO stock_movements (product_id, location_id, order_id, kind, on_hand_delta,"
            " reserved_delta, actor, occurred_at)"
            " SELECT 999, 13, 15, 'ship', 1, 0, 'system', created_at FROM orders"
        ),
    ),
    (
        "fk_stock_movements_location_id",
        (
            "INSERT INTO stock_movements (product_id, location_id, order_id, kind, on_hand_delta,"
            " reserved_delta, actor, occurred_at)"
            " SELECT 12, 999, 15, 'ship', 1, 0, 'system', created_at FROM orders"
        ),
    ),
    (
        "fk_stock_movements_order_id",
        (
            "INSERT INTO stock_movements (product_id, location_id, order_id, kind, on_hand_delta,"
            " reserved_delta, actor, occurred_at)"
            " SELECT 12, 13, 999, 'ship', 1, 0, 'system', created_at FROM orders"
        ),
    ),
]
REFERRED_TO: Final = ["DELETE FROM customers", "DELETE FROM orders", "DELETE FROM payments"]
CHANGES_OF_THE_PAST: Final = [
    "UPDATE events SET actor = 'nobody'",
    "DELETE FROM events",
    "UPDATE stock_movements SET on_hand_delta = 2",
    "DELETE FROM stock_movements",
]
BROKEN: Final = [*CHECKS, *TWINS, *REFERENCES]
