"""What can be wrong with timelines."""

from typing import Final

from tests.integration.audit.planting import planted

_AT: Final = (
    "(SELECT id FROM events WHERE aggregate = '{}' AND aggregate_id = {} AND sequence = {})"
)


def _swapped(aggregate: str, aggregate_id: int, one: int, other: int) -> list[str]:
    """Each has the position of the other; no two have one meanwhile."""
    first, second = (
        _AT.format(aggregate, aggregate_id, one),
        _AT.format(aggregate, aggregate_id, other),
    )
    return [
        f"UPDATE event_feed SET event_id = {to} WHERE event_id = {was}"  # noqa: S608 - a test's own
        for was, to in ((first, "-1"), (second, first), ("-1", second))
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
    planted(
        "an event that lost its position",
        "UPDATE event_feed SET event_id = -1 WHERE position = 1",
        found={("events_are_numbered", "event 1")},
    ),
    planted(
        "an event that is to be numbered twice",
        "INSERT INTO outbox (event_id) VALUES (1)",
        found={("events_are_numbered", "event 1")},
    ),
    planted(
        "a position that nobody has",
        "UPDATE event_feed_head SET position = position + 1",
        found={("feed_is_gapless", "event feed")},
    ),
    planted(
        "a second event before the first",
        *_swapped("customer", 1, 1, 2),
        found={("feed_is_in_order", "customer 1")},
    ),
    planted(
        "somebody who has heard of what did not happen",
        "UPDATE event_consumers SET position = 1000000",
        found={("consumers_follow", "consumer copying")},
    ),
]
