"""What can be wrong with payments and refunds."""

from typing import Final

from tests.integration.audit.planting import planted

MONEY: Final = [
    planted(
        "money that no operation took",
        "UPDATE payments SET captured_minor = captured_minor + 1,"
        " authorised_minor = authorised_minor + 1 WHERE order_id = :shipped",
        found={("payment_sums_equal_operations", "payment ID")},
    ),
    planted(
        "an operation that took more than was counted",
        "UPDATE payment_operations SET amount_minor = amount_minor + 1 WHERE payment_id ="
        " (SELECT id FROM payments WHERE order_id = :shipped)",
        found={("payment_sums_equal_operations", "payment ID")},
    ),
    planted(
        "more given back than was taken",
        "UPDATE payments SET refunded_minor = captured_minor + 1 WHERE order_id = :shipped",
        found={
            ("payment_sums_within_bounds", "payment ID"),
            ("payment_sums_equal_operations", "payment ID"),
            ("payment_status_as_journal", "payment ID"),
            ("order_payment_status_as_payments", "order {shipped}"),
        },
    ),
    planted(
        "money that is on its way back though no refund says so",
        "UPDATE payments SET refunding_minor = 1 WHERE order_id = :shipped",
        found={("refunding_equals_open_refunds", "payment ID")},
    ),
    planted(
        "a refund underway that was not counted",
        "UPDATE payments SET refunding_minor = 0 WHERE order_id = :refund_unknown",
        found={("refunding_equals_open_refunds", "payment ID")},
    ),
    planted(
        "more on its way back than is left",
        "UPDATE payments SET refunding_minor = captured_minor + 1 WHERE order_id = :shipped",
        found={
            ("payment_sums_within_bounds", "payment ID"),
            ("refunding_equals_open_refunds", "payment ID"),
        },
    ),
    planted(
        "a captured payment that says it is pending",
        "UPDATE payments SET status = 'pending' WHERE order_id = :shipped",
        found={("payment_status_as_journal", "payment ID")},
    ),
    planted(
        "a payment that is sure of what nobody knows",
        "UPDATE payments SET status = 'pending' WHERE order_id = :charge_unknown",
        found={
            ("payment_status_as_journal", "payment ID"),
            ("order_payment_status_as_payments", "order {charge_unknown}"),
        },
    ),
    planted(
        "a payment unknown without a reason",
        "UPDATE payments SET status = 'unknown' WHERE order_id = :shipped",
        "UPDATE orders SET payment_status = 'unknown' WHERE id = :shipped",
        found={("payment_status_as_journal", "payment ID")},
    ),
    planted(
        "a declined order that says it is paid",
        "UPDATE orders SET payment_status = 'paid' WHERE id = :declined",
        found={("order_payment_status_as_payments", "order {declined}")},
    ),
    planted(
        "an order without payments that says one failed",
        "UPDATE orders SET payment_status = 'failed' WHERE id = :pending",
        found={("order_payment_status_as_payments", "order {pending}")},
    ),
    planted(
        "a refund of another amount than its operation",
        "UPDATE refunds SET amount_minor = amount_minor + 1 WHERE order_id = :partly_refunded",
        found={("refunds_equal_operations", "refund ID")},
    ),
    planted(
        "a refund that failed while its operation succeeded",
        "UPDATE refunds SET status = 'failed' WHERE order_id = :partly_refunded",
        found={("refunds_equal_operations", "refund ID")},
    ),
    planted(
        "a refund of another payment than its operation",
        "UPDATE refunds SET payment_id = (SELECT id FROM payments WHERE order_id = :shipped)"
        " WHERE order_id = :partly_refunded",
        found={("refunds_equal_operations", "refund ID")},
    ),
    planted(
        "a refund of another order than its payment",
        "UPDATE refunds SET order_id = :shipped WHERE order_id = :partly_refunded",
        found={("refunds_equal_operations", "refund ID")},
    ),
    planted(
        "a refund carried out by something else",
        "UPDATE payment_operations SET kind = 'capture' WHERE kind = 'refund' AND payment_id ="
        " (SELECT id FROM payments WHERE order_id = :partly_refunded)",
        found={
            ("refunds_equal_operations", "refund ID"),
            ("payment_sums_equal_operations", "payment ID"),
        },
    ),
    planted(
        "money given back without a refund",
        "DELETE FROM refunds WHERE order_id = :partly_refunded",
        found={("refunds_equal_operations", "operation ID")},
    ),
    planted(
        "a cancelled order that kept the money",
        "UPDATE payments SET refunded_minor = 0, status = 'captured' WHERE order_id = :cancelled_paid",
        "UPDATE orders SET payment_status = 'paid' WHERE id = :cancelled_paid",
        found={
            ("cancelled_orders_hold_no_money", "order {cancelled_paid}"),
            ("payment_sums_equal_operations", "payment ID"),
        },
    ),
    planted(
        "a cancelled order that may yet be charged",
        "UPDATE payment_operations SET state = 'sent', due_at = planned_at WHERE kind = 'refund' AND payment_id ="
        " (SELECT id FROM payments WHERE order_id = :cancelled_paid)",
        "UPDATE refunds SET status = 'pending' WHERE order_id = :cancelled_paid",
        found={
            ("refunding_equals_open_refunds", "payment ID"),
            ("cancelled_orders_hold_no_money", "order {cancelled_paid}"),
            ("payment_sums_equal_operations", "payment ID"),
        },
    ),
    planted(
        "an order confirmed without money",
        "UPDATE orders SET status = 'confirmed' WHERE id = :declined",
        found={
            ("confirmed_orders_are_covered", "order {declined}"),
            ("status_as_timeline", "order {declined}"),
        },
    ),
]
