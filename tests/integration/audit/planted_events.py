"""What can be wrong with timelines."""

from typing import Final

from tests.integration.audit.planting import planted

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
        "UPDATE events SET name = 'order.changed'"
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
