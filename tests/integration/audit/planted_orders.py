"""What can be wrong with orders, shipments and returns."""

from typing import Final

from tests.integration.audit.planting import planted

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
        "a refunded unit that was not counted",
        "UPDATE order_items SET refunded = refunded - 1 WHERE order_id = :returned AND id = 1",
        found={("refunded_equals_refunds", "line 1 of order {returned}")},
    ),
    planted(
        "a restocking refund of more than was counted",
        "UPDATE refund_items SET quantity = quantity + 1 WHERE refund_id ="
        " (SELECT id FROM refunds WHERE order_id = :restocked)",
        found={
            ("returned_equals_returns", "line 1 of order {restocked}"),
            ("refunded_equals_refunds", "line 1 of order {restocked}"),
        },
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
