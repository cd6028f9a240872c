"""What can be wrong with stock."""

from typing import Final

from tests.integration.audit.planting import planted

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
