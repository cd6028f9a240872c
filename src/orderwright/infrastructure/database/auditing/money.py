"""Sums and statuses of payments, refunds and orders against the journal of operations."""

from __future__ import annotations

from typing import Final

from orderwright.infrastructure.database import tables, tables_payments
from orderwright.infrastructure.database.auditing.check import Check

_SUMS = """
SELECT 'payment ' || id,
       'authorised ' || authorised_minor || ', captured ' || captured_minor || ', refunded '
       || refunded_minor || ', but its operations sum to ' || authorised || ', ' || captured
       || ' and ' || refunded
FROM (
    SELECT payments.id, authorised_minor, captured_minor, refunded_minor,
           COALESCE(SUM(CASE
               WHEN kind IN ('charge', 'authorise') THEN done.amount_minor
               WHEN kind = 'void' THEN -done.amount_minor
           END), 0) AS authorised,
           COALESCE(SUM(CASE WHEN kind IN ('charge', 'capture') THEN done.amount_minor END), 0)
               AS captured,
           COALESCE(SUM(CASE WHEN kind = 'refund' THEN done.amount_minor END), 0) AS refunded
    FROM payments
    LEFT JOIN payment_operations AS done
    ON done.payment_id = payments.id AND done.state = 'succeeded'
    GROUP BY payments.id, authorised_minor, captured_minor, refunded_minor
) AS sums
WHERE authorised_minor <> authorised OR captured_minor <> captured OR refunded_minor <> refunded
"""

_REFUNDING = """
SELECT 'payment ' || id,
       'counts ' || refunding_minor || ' on its way back, but its open refunds sum to ' || underway
FROM (
    SELECT payments.id, refunding_minor, COALESCE(SUM(refunds.amount_minor), 0) AS underway
    FROM payments
    LEFT JOIN payment_operations AS refunds
    ON refunds.payment_id = payments.id AND refunds.kind = 'refund'
       AND refunds.state IN ('planned', 'sent', 'unknown')
    GROUP BY payments.id, refunding_minor
) AS sums
WHERE refunding_minor <> underway
"""

_BOUNDS = """
SELECT 'payment ' || id,
       'authorised ' || authorised_minor || ', captured ' || captured_minor || ', refunded '
       || refunded_minor || ', refunding ' || refunding_minor
FROM payments
WHERE refunded_minor < 0 OR refunding_minor < 0
   OR captured_minor < refunded_minor + refunding_minor OR authorised_minor < captured_minor
"""

_STATUS = """
SELECT 'payment ' || id, 'is ' || status || ', but its journal says ' || derived
FROM (
    SELECT payments.id, status,
           CASE
               WHEN unknown > 0 THEN 'unknown'
               WHEN refunded_minor > 0 AND refunded_minor = captured_minor THEN 'refunded'
               WHEN refunded_minor > 0 THEN 'partially_refunded'
               WHEN captured_minor > 0 THEN 'captured'
               WHEN authorised_minor > 0 THEN 'authorised'
               WHEN underway > 0 THEN 'pending'
               WHEN voided > 0 THEN 'voided'
               ELSE 'failed'
           END AS derived
    FROM payments
    LEFT JOIN (
        SELECT payment_id,
               COUNT(CASE WHEN state = 'unknown' THEN 1 END) AS unknown,
               COUNT(CASE WHEN state IN ('planned', 'sent') THEN 1 END) AS underway,
               COUNT(CASE WHEN state = 'succeeded' AND kind = 'void' THEN 1 END) AS voided
        FROM payment_operations
        GROUP BY payment_id
    ) AS journal ON journal.payment_id = payments.id
) AS statuses
WHERE status <> derived
"""

_ORDER_STATUS = """
SELECT 'order ' || id, 'payment_status ' || payment_status || ', but its payments say ' || derived
FROM (
    SELECT orders.id, payment_status,
           CASE
               WHEN total_minor > 0 AND captured_for_sure >= total_minor THEN 'paid'
               WHEN total_minor > 0 AND authorised_for_sure >= total_minor THEN 'authorised'
               WHEN unknown > 0 THEN 'unknown'
               WHEN refunded > 0 AND refunded = captured THEN 'refunded'
               WHEN refunded > 0 THEN 'partially_refunded'
               WHEN total_minor = 0 THEN 'paid'
               WHEN failed > 0 AND pending = 0 THEN 'failed'
               ELSE 'unpaid'
           END AS derived
    FROM orders
    LEFT JOIN (
        SELECT order_id,
               SUM(captured_minor) AS captured,
               SUM(refunded_minor) AS refunded,
               SUM(CASE WHEN status <> 'unknown' THEN captured_minor - refunded_minor END)
                   AS captured_for_sure,
               SUM(CASE WHEN status <> 'unknown' THEN authorised_minor - refunded_minor END)
                   AS authorised_for_sure,
               COUNT(CASE WHEN status = 'unknown' THEN 1 END) AS unknown,
               COUNT(CASE WHEN status = 'failed' THEN 1 END) AS failed,
               COUNT(CASE WHEN status = 'pending' THEN 1 END) AS pending
        FROM payments
        GROUP BY order_id
    ) AS money ON money.order_id = orders.id
) AS statuses
WHERE payment_status <> derived
"""

_REFUNDS = """
SELECT 'refund ' || refunds.id,
       'is ' || refunds.status || ' with ' || refunds.amount_minor || ' for order '
       || refunds.order_id || ', but its operation is a ' || operations.state || ' '
       || operations.kind || ' with ' || operations.amount_minor || ' for order '
       || payments.order_id
FROM refunds
JOIN payment_operations AS operations ON operations.id = refunds.operation_id
JOIN payments ON payments.id = operations.payment_id
WHERE operations.kind <> 'refund'
   OR operations.payment_id <> refunds.payment_id
   OR payments.order_id <> refunds.order_id
   OR operations.amount_minor <> refunds.amount_minor
   OR refunds.status <> CASE operations.state
          WHEN 'succeeded' THEN 'succeeded' WHEN 'failed' THEN 'failed' ELSE 'pending'
      END
UNION ALL
SELECT 'operation ' || operations.id, 'gives money back, but no refund says so'
FROM payment_operations AS operations
LEFT JOIN refunds ON refunds.operation_id = operations.id
WHERE operations.kind = 'refund' AND refunds.id IS NULL
"""

# Never given back is what was authorised, less what was let go (it no longer counts as authorised)
# and less what was refunded. What came in after the cancellation is on its way back.
_CANCELLED = """
SELECT 'order ' || orders.id,
       'is cancelled, but holds ' || held || ' of money, of which ' || going_back
       || ' is on its way back, and has ' || coming_in || ' operations that may yet take some'
FROM orders
JOIN (
    SELECT order_id,
           SUM(authorised_minor - refunded_minor) AS held,
           SUM(COALESCE(open_ones.going_back, 0)) AS going_back,
           SUM(COALESCE(open_ones.coming_in, 0)) AS coming_in
    FROM payments
    LEFT JOIN (
        SELECT payment_id,
               SUM(CASE WHEN kind IN ('void', 'refund') THEN amount_minor END) AS going_back,
               SUM(CASE WHEN kind IN ('void', 'refund') THEN 0 ELSE 1 END) AS coming_in
        FROM payment_operations
        WHERE state IN ('planned', 'sent', 'unknown')
        GROUP BY payment_id
    ) AS open_ones ON open_ones.payment_id = payments.id
    GROUP BY order_id
) AS money ON money.order_id = orders.id
WHERE orders.status = 'cancelled' AND (held <> going_back OR coming_in > 0)
"""

# Ever: what was let go by a person, or while the order was being cancelled, had been there.
_CONFIRMED = """
SELECT 'order ' || orders.id,
       'is ' || status || ' for ' || total_minor || ', but only ' || COALESCE(authorised, 0)
       || ' was ever authorised'
FROM orders
LEFT JOIN (
    SELECT order_id, SUM(done.amount_minor) AS authorised
    FROM payments
    JOIN payment_operations AS done ON done.payment_id = payments.id
    WHERE done.kind IN ('charge', 'authorise') AND done.state = 'succeeded'
    GROUP BY order_id
) AS money ON money.order_id = orders.id
WHERE status IN ('confirmed', 'shipped', 'delivered')
  AND COALESCE(authorised, 0) < total_minor
"""

MONEY_CHECKS: Final = (
    Check(name="payment_sums_equal_operations", of=tables_payments.payments, wrong=_SUMS),
    Check(name="refunding_equals_open_refunds", of=tables_payments.payments, wrong=_REFUNDING),
    Check(name="payment_sums_within_bounds", of=tables_payments.payments, wrong=_BOUNDS),
    Check(name="payment_status_as_journal", of=tables_payments.payments, wrong=_STATUS),
    Check(name="order_payment_status_as_payments", of=tables.orders, wrong=_ORDER_STATUS),
    Check(name="refunds_equal_operations", of=tables_payments.refunds, wrong=_REFUNDS),
    Check(name="cancelled_orders_hold_no_money", of=tables.orders, wrong=_CANCELLED),
    Check(name="confirmed_orders_are_covered", of=tables.orders, wrong=_CONFIRMED),
)
