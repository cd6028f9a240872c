"""Everything that can be wrong: how to make it so, and exactly what the auditor has to say then.

`:name` stands for the id of the order of that name in `busy_service.py`; so does `{name}` in a subject.
An id that is text is written ID.
"""

from typing import Any, Final

import pytest

Found = set[tuple[str, str]]  # check and subject


def planted(what: str, *statements: str, found: Found) -> Any:
    return pytest.param(statements, found, id=what)


STOCK: Final = [
    planted(
        "stock from nowhere",
        "UPDATE stock_levels SET on_hand = on_hand + 1 WHERE product_id = 2",
        found={("stock_equals_movements", "product 2 at location 1")},
    ),
    planted(
        "a lost movement",
        "DELETE FROM stock_movements WHERE reason = 'delivery'",
        found={("stock_equals_movements", "product 1 at location 2")},
    ),
    planted(
        "a movement on a shelf that does not exist",
        "INSERT INTO stock_movements"
        " (product_id, location_id, kind, on_hand_delta, reserved_delta, actor, occurred_at)"
        " SELECT 3, 2, kind, on_hand_delta, reserved_delta, actor, occurred_at"
        " FROM stock_movements WHERE reason = 'delivery'",
        found={("stock_equals_movements", "product 3 at location 2")},
    ),
    planted(
        "units reserved for nobody",
        "UPDATE stock_levels SET reserved = reserved + 1 WHERE product_id = 2",
        found={
            ("stock_equals_movements", "product 2 at location 1"),
            ("reserved_equals_reservations", "product 2 at location 1"),
        },
    ),
    planted(
        "a reservation on a shelf that does not exist",
        "UPDATE reservations SET location_id = 2 WHERE order_id = :pending AND item_id = 2",
        found={
            ("reserved_equals_reservations", "product 2 at location 1"),
            ("reserved_equals_reservations", "product 2 at location 2"),
        },
    ),
    planted(
        "an oversold product",
        "UPDATE stock_levels SET on_hand = reserved - 1 WHERE product_id = 2",
        found={
            ("stock_within_bounds", "product 2 at location 1"),
            ("stock_equals_movements", "product 2 at location 1"),
        },
    ),
    planted(
        "less than nothing on hand, though on backorder",
        "UPDATE stock_levels SET on_hand = -1 WHERE product_id = 4",
        found={
            ("stock_within_bounds", "product 4 at location 1"),
            ("stock_equals_movements", "product 4 at location 1"),
        },
    ),
    planted(
        "a level that missed the end of backorder",
        "UPDATE products SET backorder = NOT backorder WHERE id = 4",
        found={("backorder_as_product", "product 4 at location 1")},
    ),
    planted(
        "a reservation that is too large",
        "UPDATE reservations SET quantity = quantity + 1 WHERE order_id = :pending AND item_id = 2",
        found={
            ("open_lines_hold_stock", "line 2 of order {pending}"),
            ("reserved_equals_reservations", "product 2 at location 1"),
        },
    ),
    planted(
        "an open order whose stock was let go",
        "UPDATE reservations SET state = 'released', quantity = 0"
        " WHERE order_id = :confirmed AND item_id = 2",
        found={
            ("open_lines_hold_stock", "line 2 of order {confirmed}"),
            ("reserved_equals_reservations", "product 2 at location 1"),
        },
    ),
    planted(
        "a cancelled order that still holds stock",
        "UPDATE reservations SET state = 'active', quantity = 3"
        " WHERE order_id = :cancelled_paid AND item_id = 1",
        found={
            ("open_lines_hold_stock", "line 1 of order {cancelled_paid}"),
            ("reserved_equals_reservations", "product 1 at location 1"),
        },
    ),
    planted(
        "a reservation of another product",
        "UPDATE reservations SET product_id = 2 WHERE order_id = :pending AND item_id = 1",
        found={
            ("open_lines_hold_stock", "line 1 of order {pending}"),
            ("reserved_equals_reservations", "product 1 at location 1"),
            ("reserved_equals_reservations", "product 2 at location 1"),
        },
    ),
]

ORDERS: Final = [
    planted(
        "a total that nobody agreed to",
        "UPDATE orders SET total_minor = total_minor + 1,"
        " total_ten_thousandths = total_ten_thousandths + 100 WHERE id = :pending",
        found={("total_equals_parts", "order {pending}")},
    ),
    planted(
        "an adjustment after the fact",
        "UPDATE order_adjustments SET amount_minor = -495 WHERE order_id = :pending",
        found={("total_equals_parts", "order {pending}")},
    ),
    planted(
        "an order without lines",
        "DELETE FROM reservations WHERE order_id = :cancelled_unpaid",
        "DELETE FROM order_items WHERE order_id = :cancelled_unpaid",
        found={
            ("orders_have_lines", "order {cancelled_unpaid}"),
            ("total_equals_parts", "order {cancelled_unpaid}"),
        },
    ),
    planted(
        "a line in another currency",
        "UPDATE order_items SET currency = 'EUR' WHERE order_id = :pending AND id = 1",
        found={("one_currency_an_order", "order {pending}")},
    ),
    planted(
        "an adjustment in another currency",
        "UPDATE order_adjustments SET currency = 'EUR' WHERE order_id = :pending",
        found={("one_currency_an_order", "order {pending}")},
    ),
    planted(
        "a payment in another currency",
        "UPDATE payments SET currency = 'EUR' WHERE order_id = :shipped",
        found={("one_currency_an_order", "order {shipped}")},
    ),
    planted(
        "an operation in another currency",
        "UPDATE payment_operations SET currency = 'EUR' WHERE payment_id ="
        " (SELECT id FROM payments WHERE order_id = :shipped)",
        found={("one_currency_an_order", "order {shipped}")},
    ),
    planted(
        "a refund in another currency",
        "UPDATE refunds SET currency = 'EUR' WHERE order_id = :partly_refunded",
        found={("one_currency_an_order", "order {partly_refunded}")},
    ),
    planted(
        "a shipment of more than was counted",
        "UPDATE shipment_items SET quantity = quantity + 1 WHERE item_id = 1"
        " AND shipment_id = (SELECT id FROM shipments WHERE order_id = :shipped)",
        found={("shipped_equals_shipments", "line 1 of order {shipped}")},
    ),
    planted(
        "a shipment of a line that does not exist",
        "UPDATE shipment_items SET item_id = 9 WHERE item_id = 2"
        " AND shipment_id = (SELECT id FROM shipments WHERE order_id = :shipped)",
        found={
            ("shipped_equals_shipments", "line 2 of order {shipped}"),
            ("shipped_equals_shipments", "line 9 of order {shipped}"),
        },
    ),
    planted(
        "a return of more than was counted",
        "UPDATE return_items SET quantity = quantity + 1 WHERE return_id ="
        " (SELECT id FROM returns WHERE order_id = :return_requested)",
        found={("returned_equals_returns", "line 1 of order {return_requested}")},
    ),
    planted(
        "a restocking refund of more than was counted",
        "UPDATE refund_items SET quantity = quantity + 1 WHERE refund_id ="
        " (SELECT id FROM refunds WHERE order_id = :restocked)",
        found={("returned_equals_returns", "line 1 of order {restocked}")},
    ),
    planted(
        "a refund that brought nothing back after all",
        "UPDATE refunds SET restock = NOT restock WHERE order_id = :restocked",
        found={("returned_equals_returns", "line 1 of order {restocked}")},
    ),
    planted(
        "an order fulfilled by nothing",
        "UPDATE orders SET fulfilment_status = 'fulfilled' WHERE id = :pending",
        found={("fulfilment_status_as_lines", "order {pending}")},
    ),
    planted(
        "an order partly fulfilled and not saying so",
        "UPDATE orders SET fulfilment_status = 'unfulfilled' WHERE id = :partly_shipped",
        found={("fulfilment_status_as_lines", "order {partly_shipped}")},
    ),
    planted(
        "a delivered order with goods on their way",
        "UPDATE shipments SET status = 'shipped' WHERE order_id = :delivered",
        found={("status_as_shipments", "order {delivered}")},
    ),
    planted(
        "a shipped order whose goods have all arrived",
        "UPDATE shipments SET status = 'delivered' WHERE order_id = :shipped",
        found={("status_as_shipments", "order {shipped}")},
    ),
    planted(
        "a pending order with goods gone",
        "UPDATE orders SET status = 'pending' WHERE id = :partly_shipped",
        found={
            ("status_as_shipments", "order {partly_shipped}"),
            ("status_as_timeline", "order {partly_shipped}"),
        },
    ),
    planted(
        "a confirmed order with nothing left to ship",
        "UPDATE orders SET status = 'confirmed' WHERE id = :shipped",
        found={
            ("status_as_shipments", "order {shipped}"),
            ("status_as_timeline", "order {shipped}"),
        },
    ),
    planted(
        "a shipped order with goods on the shelf",
        "UPDATE orders SET status = 'shipped' WHERE id = :confirmed",
        found={
            ("status_as_shipments", "order {confirmed}"),
            ("status_as_timeline", "order {confirmed}"),
            ("open_lines_hold_stock", "line 1 of order {confirmed}"),
            ("open_lines_hold_stock", "line 2 of order {confirmed}"),
        },
    ),
    planted(
        "a cancelled order with goods gone",
        "UPDATE orders SET status = 'cancelled' WHERE id = :shipped",
        found={
            ("status_as_shipments", "order {shipped}"),
            ("status_as_timeline", "order {shipped}"),
            ("cancelled_orders_hold_no_money", "order {shipped}"),
        },
    ),
    planted(
        "a return refunded by nothing",
        "UPDATE returns SET status = 'refunded' WHERE order_id = :return_requested",
        found={("return_status_as_refunds", "return ID")},
    ),
    planted(
        "a refunded return that does not say so",
        "UPDATE returns SET status = 'received' WHERE order_id = :returned",
        found={("return_status_as_refunds", "return ID")},
    ),
    planted(
        "a line total rounded up where a half goes to the even penny",
        "UPDATE order_items SET line_total_minor = 767 WHERE order_id = :pending AND id = 1",
        "UPDATE orders SET total_minor = total_minor + 1,"
        " total_ten_thousandths = total_ten_thousandths + 100 WHERE id = :pending",
        found={("line_total_equals_price_times_quantity", "line 1 of order {pending}")},
    ),
    planted(
        "a line that costs more than fits",
        "UPDATE order_items SET quantity = 1000000, unit_price_ten_thousandths = 99999999999999"
        " WHERE order_id = :voucher",
        found={("line_total_equals_price_times_quantity", "line 1 of order {voucher}")},
    ),
    planted(
        "an order sorted by another total",
        "UPDATE orders SET total_ten_thousandths = total_minor WHERE id = :pending",
        found={("totals_sort_as_they_are", "order {pending}")},
    ),
]

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
        "UPDATE payment_operations SET state = 'sent' WHERE kind = 'refund' AND payment_id ="
        " (SELECT id FROM payments WHERE order_id = :cancelled_paid)",
        "UPDATE refunds SET status = 'pending' WHERE order_id = :cancelled_paid",
        found={
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

EVENTS: Final = [
    *(
        planted(
            f"a change of {aggregate} 1 without an event",
            statement,
            found={("events_are_gapless", f"{aggregate} 1")},
        )
        for aggregate, statement in {
            "order": "UPDATE orders SET version = version + 1 WHERE id = 1",
            "customer": "UPDATE customers SET version = version + 1 WHERE id = 1",
            "product": "UPDATE products SET version = version + 1 WHERE id = 1",
            "location": "UPDATE locations SET version = version + 1 WHERE id = 1",
            "stock_level": "UPDATE stock_levels SET version = version + 1 WHERE id = 1",
            "user": "UPDATE users SET version = version + 1 WHERE id = 1",
            "api_key": "UPDATE api_keys SET version = version + 1 WHERE id = 1",
        }.items()
    ),
    planted(
        "a hole in a timeline",
        "DELETE FROM events WHERE aggregate = 'order' AND aggregate_id = :shipped AND sequence = 2",
        found={("events_are_gapless", "order {shipped}")},
    ),
    planted(
        "a timeline without its beginning",
        "DELETE FROM events WHERE aggregate = 'customer' AND aggregate_id = 1 AND sequence = 1",
        found={("events_are_gapless", "customer 1")},
    ),
    planted(
        "an event out of sequence",
        "UPDATE events SET sequence = 9"
        " WHERE aggregate = 'customer' AND aggregate_id = 1 AND sequence = 2",
        found={("events_are_gapless", "customer 1")},
    ),
    planted(
        "events of nobody",
        "UPDATE events SET aggregate_id = 999 WHERE aggregate = 'user' AND aggregate_id = 1",
        found={("events_are_gapless", "user 1"), ("events_are_gapless", "user 999")},
    ),
    planted(
        "an order that was never placed",
        "UPDATE events SET name = 'order.amended'"
        " WHERE aggregate = 'order' AND aggregate_id = :pending",
        found={("status_as_timeline", "order {pending}")},
    ),
    planted(
        "an order delivered without an event",
        "UPDATE orders SET status = 'delivered' WHERE id = :shipped",
        "UPDATE shipments SET status = 'delivered' WHERE order_id = :shipped",
        found={("status_as_timeline", "order {shipped}")},
    ),
]

PLANTED: Final = [*STOCK, *ORDERS, *MONEY, *EVENTS]
