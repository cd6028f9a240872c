"""Counters of stock against the ledger and against what orders hold."""

from __future__ import annotations

from typing import Final

from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.auditing.check import Check

# Both sides of a comparison go into one UNION ALL and are summed, so that a row that one side lacks
# altogether is a mismatch too.
_COUNTERS = """
SELECT 'product ' || product_id || ' at location ' || location_id,
       'on_hand ' || on_hand || ' and reserved ' || reserved
       || ', but movements sum to ' || moved_on_hand || ' and ' || moved_reserved
FROM (
    SELECT product_id, location_id,
           SUM(on_hand) AS on_hand, SUM(reserved) AS reserved,
           SUM(moved_on_hand) AS moved_on_hand, SUM(moved_reserved) AS moved_reserved
    FROM (
        SELECT product_id, location_id, on_hand, reserved,
               0 AS moved_on_hand, 0 AS moved_reserved
        FROM stock_levels
        UNION ALL
        SELECT product_id, location_id, 0, 0, on_hand_delta, reserved_delta
        FROM stock_movements
    ) AS sides
    GROUP BY product_id, location_id
) AS sums
WHERE on_hand <> moved_on_hand OR reserved <> moved_reserved
"""

_RESERVED = """
SELECT 'product ' || product_id || ' at location ' || location_id,
       'reserved ' || reserved || ', but active reservations sum to ' || held
FROM (
    SELECT product_id, location_id, SUM(reserved) AS reserved, SUM(held) AS held
    FROM (
        SELECT product_id, location_id, reserved, 0 AS held FROM stock_levels
        UNION ALL
        SELECT product_id, location_id, 0, quantity FROM reservations WHERE state = 'active'
    ) AS sides
    GROUP BY product_id, location_id
) AS sums
WHERE reserved <> held
"""

_BOUNDS = """
SELECT 'product ' || product_id || ' at location ' || location_id,
       'reserved ' || reserved || ' of ' || on_hand || ' on hand'
FROM stock_levels
WHERE on_hand < 0 OR reserved < 0 OR (reserved > on_hand AND NOT backorder)
"""

_BACKORDER = """
SELECT 'product ' || products.id || ' at location ' || stock_levels.location_id,
       'the product and the level disagree on backorder'
FROM stock_levels
JOIN products ON products.id = stock_levels.product_id
WHERE products.track_inventory AND products.backorder <> stock_levels.backorder
"""

_HELD = """
SELECT 'line ' || item_id || ' of order ' || order_id,
       'holds ' || held || ' units, but as ' || status || ' it needs ' || needed
FROM (
    SELECT items.order_id, items.id AS item_id, orders.status, COALESCE(holds.quantity, 0) AS held,
           CASE
               WHEN items.track_inventory AND orders.status IN ('pending', 'confirmed')
               THEN items.quantity - items.shipped
               ELSE 0
           END AS needed
    FROM order_items AS items
    JOIN orders ON orders.id = items.order_id
    LEFT JOIN (
        SELECT order_id, item_id, product_id, SUM(quantity) AS quantity
        FROM reservations
        WHERE state = 'active'
        GROUP BY order_id, item_id, product_id
    ) AS holds
    ON holds.order_id = items.order_id
       AND holds.item_id = items.id
       AND holds.product_id = items.product_id
) AS lines
WHERE held <> needed
"""

STOCK_CHECKS: Final = (
    Check(name="stock_equals_movements", of=tables.stock_levels, wrong=_COUNTERS),
    Check(name="reserved_equals_reservations", of=tables.stock_levels, wrong=_RESERVED),
    Check(name="stock_within_bounds", of=tables.stock_levels, wrong=_BOUNDS),
    Check(name="backorder_as_product", of=tables.stock_levels, wrong=_BACKORDER),
    Check(name="open_lines_hold_stock", of=tables.order_items, wrong=_HELD),
)
