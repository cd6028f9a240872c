"""What an order says of itself against its lines, shipments, returns and restocked refunds."""

from __future__ import annotations

from typing import Final

from orderwright.infrastructure.database import tables, tables_fulfilment
from orderwright.infrastructure.database.auditing.check import Check

_TOTAL = """
SELECT 'order ' || orders.id,
       'total_minor ' || total_minor || ', but its parts sum to '
       || (COALESCE(lines.amount, 0) + COALESCE(beside.amount, 0))
FROM orders
LEFT JOIN (
    SELECT order_id, SUM(line_total_minor) AS amount FROM order_items GROUP BY order_id
) AS lines ON lines.order_id = orders.id
LEFT JOIN (
    SELECT order_id, SUM(amount_minor) AS amount FROM order_adjustments GROUP BY order_id
) AS beside ON beside.order_id = orders.id
WHERE total_minor <> COALESCE(lines.amount, 0) + COALESCE(beside.amount, 0)
"""

_EMPTY = """
SELECT 'order ' || orders.id, 'has no line'
FROM orders
LEFT JOIN order_items AS items ON items.order_id = orders.id
WHERE items.order_id IS NULL
"""

_CURRENCY = """
SELECT 'order ' || orders.id, what || ' is in ' || parts.currency || ', not in ' || orders.currency
FROM (
    SELECT order_id, currency, 'line ' || id AS what FROM order_items
    UNION ALL
    SELECT order_id, currency, 'adjustment ' || position FROM order_adjustments
    UNION ALL
    SELECT order_id, currency, 'payment ' || id FROM payments
    UNION ALL
    SELECT payments.order_id, operations.currency, 'operation ' || operations.id
    FROM payment_operations AS operations
    JOIN payments ON payments.id = operations.payment_id
    UNION ALL
    SELECT order_id, currency, 'refund ' || id FROM refunds
) AS parts
JOIN orders ON orders.id = parts.order_id
WHERE parts.currency <> orders.currency
"""

_SHIPPED = """
SELECT 'line ' || item_id || ' of order ' || order_id,
       'shipped ' || counted || ', but its shipments sum to ' || sent
FROM (
    SELECT order_id, item_id, SUM(counted) AS counted, SUM(sent) AS sent
    FROM (
        SELECT order_id, id AS item_id, shipped AS counted, 0 AS sent FROM order_items
        UNION ALL
        SELECT shipments.order_id, item_id, 0, quantity
        FROM shipment_items
        JOIN shipments ON shipments.id = shipment_items.shipment_id
    ) AS sides
    GROUP BY order_id, item_id
) AS sums
WHERE counted <> sent
"""

# Goods come back by a return, or together with a refund that puts them back on the shelf.
_RETURNED = """
SELECT 'line ' || item_id || ' of order ' || order_id,
       'returned ' || counted || ', but its returns and restocking refunds sum to ' || came_back
FROM (
    SELECT order_id, item_id, SUM(counted) AS counted, SUM(came_back) AS came_back
    FROM (
        SELECT order_id, id AS item_id, returned AS counted, 0 AS came_back FROM order_items
        UNION ALL
        SELECT returns.order_id, item_id, 0, quantity
        FROM return_items
        JOIN returns ON returns.id = return_items.return_id
        UNION ALL
        SELECT refunds.order_id, item_id, 0, quantity
        FROM refund_items
        JOIN refunds ON refunds.id = refund_items.refund_id
        WHERE refunds.restock
    ) AS sides
    GROUP BY order_id, item_id
) AS sums
WHERE counted <> came_back
"""

# Before the limit was kept, refunds could name more units of a line than it has.
_REFUNDED = """
SELECT 'line ' || item_id || ' of order ' || order_id,
       'refunded ' || counted || ' of ' || quantity || ', but its refunds name ' || named
FROM (
    SELECT order_id, item_id, SUM(counted) AS counted, SUM(quantity) AS quantity,
           SUM(named) AS named
    FROM (
        SELECT order_id, id AS item_id, refunded AS counted, quantity, 0 AS named
        FROM order_items
        UNION ALL
        SELECT refunds.order_id, item_id, 0, 0, quantity
        FROM refund_items
        JOIN refunds ON refunds.id = refund_items.refund_id
        WHERE refunds.status <> 'failed'
    ) AS sides
    GROUP BY order_id, item_id
) AS sums
WHERE counted <> CASE WHEN named > quantity THEN quantity ELSE named END
"""

_FULFILMENT = """
SELECT 'order ' || id, 'fulfilment_status ' || fulfilment_status || ', but its lines say ' || derived
FROM (
    SELECT orders.id, fulfilment_status,
           CASE
               WHEN SUM(quantity - shipped) = 0 THEN 'fulfilled'
               WHEN SUM(shipped) > 0 THEN 'partially_fulfilled'
               ELSE 'unfulfilled'
           END AS derived
    FROM orders
    JOIN order_items AS items ON items.order_id = orders.id
    GROUP BY orders.id, fulfilment_status
) AS statuses
WHERE fulfilment_status <> derived
"""

_STATUS = """
SELECT 'order ' || orders.id,
       'is ' || status || ' with ' || sent || ' units shipped, ' || due || ' to ship and '
       || COALESCE(underway.shipments, 0) || ' shipments on their way'
FROM orders
JOIN (
    SELECT order_id, SUM(shipped) AS sent, SUM(quantity - shipped) AS due
    FROM order_items
    GROUP BY order_id
) AS lines ON lines.order_id = orders.id
LEFT JOIN (
    SELECT order_id, COUNT(*) AS shipments FROM shipments WHERE status = 'shipped' GROUP BY order_id
) AS underway ON underway.order_id = orders.id
WHERE (status IN ('pending', 'cancelled') AND sent > 0)
   OR (status = 'confirmed' AND due = 0)
   OR (status IN ('shipped', 'delivered') AND due > 0)
   OR (status = 'shipped' AND underway.shipments IS NULL)
   OR (status = 'delivered' AND underway.shipments IS NOT NULL)
"""

_RETURN_STATUS = """
SELECT 'return ' || returns.id, 'is ' || status || ' with ' || COALESCE(paid, 0) || ' refunds paid'
FROM returns
LEFT JOIN (
    SELECT return_id, COUNT(*) AS paid FROM refunds WHERE status = 'succeeded' GROUP BY return_id
) AS refunded ON refunded.return_id = returns.id
WHERE (status = 'refunded') <> (paid IS NOT NULL)
"""

ORDER_CHECKS: Final = (
    Check(name="total_equals_parts", of=tables.orders, wrong=_TOTAL),
    Check(name="orders_have_lines", of=tables.orders, wrong=_EMPTY),
    Check(name="one_currency_an_order", of=tables.orders, wrong=_CURRENCY),
    Check(name="shipped_equals_shipments", of=tables.order_items, wrong=_SHIPPED),
    Check(name="returned_equals_returns", of=tables.order_items, wrong=_RETURNED),
    Check(name="refunded_equals_refunds", of=tables.order_items, wrong=_REFUNDED),
    Check(name="fulfilment_status_as_lines", of=tables.orders, wrong=_FULFILMENT),
    Check(name="status_as_shipments", of=tables.orders, wrong=_STATUS),
    Check(name="return_status_as_refunds", of=tables_fulfilment.returns, wrong=_RETURN_STATUS),
)
