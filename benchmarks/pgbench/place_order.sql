-- One order, one transaction: what the service writes for it, in the schema that the service's own
-- migrations make, as a program would that places one order at a time.
--
-- The service writes these rows too, each statement of a group for all of its orders; see
-- infrastructure/database/placement/postgresql.py:
--   1  answered before?    LOOK_UP
--   2  customer            LOOK_UP
--   3  products            LOOK_UP their versions, and PRODUCTS for those that have changed
--   4  order               ORDER_IDS, and WRITE
--   5  lines               WRITE
--   6  stock, locked       SHELVES
--   7  reservations        WRITE
--   8  stock, less         WRITE
--   9  movements           WRITE
--  10  event               WRITE
--  11  answer kept         WRITE
-- Of more than 3,000 lines in a group, 4, 5, 7, 9 and 10 are a COPY for each table instead.
--
-- In doubt it is made easier for pgbench than for the service:
--   * both lines, both reservations and both movements go in one statement each; so do both levels;
--   * it authenticates nobody, validates nothing, answers nobody, and speaks no HTTP;
--   * it renders no JSON: event and answer are constants, as long as the service's are;
--   * statements are prepared once a connection (-M prepared), and all clients are one C program.
-- A statement that finds no row stops the script (\gset), and one that would oversell breaks the
-- constraint `never_oversold`, as it would in the service. The run ends with `orderwright audit`.
--
-- Given: products, customers (numbered from 1); hot = 1 when everybody buys product 1.

\set customer_id random(1, :customers)
\if :hot
\set product_1 1
\else
\set product_1 random(1, :products)
\endif
\set product_2 1 + (:product_1 + random(0, :products - 2)) % :products
\set quantity_1 random(1, 2)
\set quantity_2 random(1, 2)
\set nonce random(1000000000000000000, 9000000000000000000)

BEGIN;

-- 1
SELECT count(*) AS answered_before FROM idempotency_keys
WHERE caller = 'api_key:1' AND key = '0123456789abc' || :nonce \gset

-- 2
SELECT id AS known_customer FROM customers WHERE id = :customer_id \gset

-- 3: one row of both, for that is what \gset takes
SELECT one.sku AS sku_1, one.name AS name_1, one.price_ten_thousandths AS price_1,
       one.currency AS currency_1, one.track_inventory AS track_1,
       two.sku AS sku_2, two.name AS name_2, two.price_ten_thousandths AS price_2,
       two.currency AS currency_2, two.track_inventory AS track_2
FROM products AS one, products AS two
WHERE one.id = :product_1 AND one.active AND two.id = :product_2 AND two.active \gset

\set line_1 :quantity_1 * :price_1 / 100
\set line_2 :quantity_2 * :price_2 / 100
\set total :line_1 + :line_2
\set sorted_by :total * 100

-- 4
INSERT INTO orders (
    customer_id, status, payment_status, fulfilment_status, currency, total_minor,
    total_ten_thousandths, channel, reference, notes, shipping_address, billing_address, metadata,
    cancellation_requested_at, cancellation_reason, created_at, updated_at, version
)
VALUES (
    :customer_id, 'pending', 'unpaid', 'unfulfilled', :currency_1, :total,
    :sorted_by, 'api', NULL, NULL, NULL, NULL, '{}',
    NULL, NULL, now(), now(), 1
)
RETURNING id AS order_id \gset

-- 5
INSERT INTO order_items (
    order_id, id, product_id, sku, name, quantity, unit_price_ten_thousandths, line_total_minor,
    currency, track_inventory, shipped, returned
)
VALUES
(:order_id, 1, :product_1, :sku_1, :name_1, :quantity_1, :price_1, :line_1, :currency_1, :track_1, 0, 0),
(:order_id, 2, :product_2, :sku_2, :name_2, :quantity_2, :price_2, :line_2, :currency_2, :track_2, 0, 0);

-- 6
SELECT id, product_id, location_id, on_hand, reserved, backorder, version
FROM stock_levels
WHERE product_id IN (:product_1, :product_2)
ORDER BY product_id, location_id
FOR NO KEY UPDATE;

-- 7
INSERT INTO reservations (order_id, item_id, location_id, product_id, quantity, state)
VALUES
(:order_id, 1, 1, :product_1, :quantity_1, 'active'),
(:order_id, 2, 1, :product_2, :quantity_2, 'active');

-- 8
UPDATE stock_levels
SET reserved = reserved
    + CASE product_id WHEN :product_1 THEN :quantity_1::bigint ELSE :quantity_2::bigint END
WHERE product_id IN (:product_1, :product_2) AND location_id = 1;

-- 9
INSERT INTO stock_movements (
    product_id, location_id, kind, on_hand_delta, reserved_delta, order_id, reason, actor, occurred_at
)
VALUES
(:product_1, 1, 'reserve', 0, :quantity_1, :order_id, NULL, 'api_key:1', now()),
(:product_2, 1, 'reserve', 0, :quantity_2, :order_id, NULL, 'api_key:1', now());

-- 10
INSERT INTO events (
    aggregate, aggregate_id, sequence, name, payload, actor, correlation_id, occurred_at
)
VALUES (
    'order', :order_id, 1, 'order.placed',
    '{"customer_id": 1, "channel": "api", "reference": null, "total": {"amount": "37.50", "currency": "GBP"}, "item_count": 2}',
    'api_key:1', '01a22161-ccd6-77cd-9405-be1b69d88791', now()
)
RETURNING id AS event_id \gset

-- 11
INSERT INTO idempotency_keys (
    caller, key, fingerprint, resource_id, lease_until, status, headers, body, created_at
)
VALUES (
    'api_key:1',
    '0123456789abc' || :nonce,
    '23084bea2161ba5b2fc9d4d1083c10b32e560eefb5097a17c67c8438f6018116',
    NULL, now(), 201,
    '{"content-type": "application/json", "location": "/api/v1/orders/1", "etag": "\"1\""}',
    '{"id": 1, "status": "pending", "payment_status": "unpaid", "fulfilment_status": "unfulfilled", "total": "37.50", "currency": "GBP", "customer_id": 1, "channel": "api", "reference": null, "notes": null, "items": [{"id": 1, "product_id": 1, "sku": "B-0", "name": "Product B-0", "quantity": 1, "unit_price": "12.50", "line_total": "12.50", "shipped": 0, "returned": 0}, {"id": 2, "product_id": 2, "sku": "B-1", "name": "Product B-1", "quantity": 2, "unit_price": "12.50", "line_total": "25.00", "shipped": 0, "returned": 0}], "adjustments": [], "addresses": [], "metadata": {}, "created_at": "2026-11-28T08", "version": 1}',
    now()
)
ON CONFLICT DO NOTHING
RETURNING key AS answered_key \gset

COMMIT;
