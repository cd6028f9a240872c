"""Every aggregate against its events."""

from __future__ import annotations

from typing import Final

from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.auditing.check import Check

# No two events of an aggregate share a sequence (a UNIQUE constraint), so as many of them as the
# version, from 1 to the version, have no gap.
_GAPLESS = """
WITH versions (aggregate, aggregate_id, version) AS (
    SELECT 'order', id, version FROM orders
    UNION ALL SELECT 'customer', id, version FROM customers
    UNION ALL SELECT 'product', id, version FROM products
    UNION ALL SELECT 'location', id, version FROM locations
    UNION ALL SELECT 'stock_level', id, version FROM stock_levels
    UNION ALL SELECT 'user', id, version FROM users
    UNION ALL SELECT 'api_key', id, version FROM api_keys
    UNION ALL SELECT 'webhook_endpoint', id, version FROM webhook_endpoints
),
written (aggregate, aggregate_id, many, first, last) AS (
    SELECT aggregate, aggregate_id, COUNT(*), MIN(sequence), MAX(sequence)
    FROM events
    GROUP BY aggregate, aggregate_id
)
SELECT versions.aggregate || ' ' || versions.aggregate_id,
       'version ' || version || ', but it has ' || COALESCE(many, 0) || ' events, '
       || COALESCE(first, 0) || ' to ' || COALESCE(last, 0)
FROM versions
LEFT JOIN written
ON written.aggregate = versions.aggregate AND written.aggregate_id = versions.aggregate_id
WHERE version <> COALESCE(many, 0)
   OR version <> COALESCE(last, 0)
   OR COALESCE(first, 1) <> 1
UNION ALL
SELECT written.aggregate || ' ' || written.aggregate_id, 'has ' || many || ' events, but no row'
FROM written
LEFT JOIN versions
ON versions.aggregate = written.aggregate AND versions.aggregate_id = written.aggregate_id
WHERE versions.aggregate_id IS NULL
"""

_LAST_STATUS = """
SELECT 'order ' || orders.id,
       'is ' || status || ', but its timeline tells of ' || COALESCE(told.name, 'nothing')
FROM orders
LEFT JOIN (
    SELECT aggregate_id, MAX(sequence) AS sequence
    FROM events
    WHERE aggregate = 'order'
      AND name IN (
          'order.placed', 'order.confirmed', 'order.shipped', 'order.delivered', 'order.cancelled'
      )
    GROUP BY aggregate_id
) AS latest ON latest.aggregate_id = orders.id
LEFT JOIN events AS told
ON told.aggregate = 'order'
   AND told.aggregate_id = latest.aggregate_id
   AND told.sequence = latest.sequence
WHERE COALESCE(told.name, '') <> CASE status WHEN 'pending' THEN 'order.placed' ELSE 'order.' || status END
"""

EVENT_CHECKS: Final = (
    Check(name="events_are_gapless", of=tables.events, wrong=_GAPLESS),
    Check(name="status_as_timeline", of=tables.orders, wrong=_LAST_STATUS),
)
