"""From the orders of a small shop those of a large one, by statements that both databases read alike.

Each order becomes `copies` with numbers of their own, a little earlier one than the next: ids still
follow time, and what few orders have, few still have.
"""

# ruff: noqa: S608 - numbers and constants of ours

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from benchmarks.plans.shop import BEGAN, ON_HAND, RARE_PRODUCT, SHIPPING_MINOR, SPAN

# So many orders of the small shop at a time: what is sorted then fits into memory.
_SLICE: Final = 2_000
_PAST: Final = ("orders", "order_items", "order_adjustments")
_LEDGERS: Final = ("stock_movements", "reservations", "events")
_EARLIER: Final = {
    "postgresql": "orders.created_at - make_interval(secs => earlier)",
    "sqlite": (
        "strftime('%Y-%m-%dT%H:%M:%S.000000Z', orders.created_at, '-' || earlier || ' seconds')"
    ),
}
_CUSTOMERS: Final = """
INSERT INTO customers (id, name, email, metadata, created_at, updated_at, version)
WITH RECURSIVE numbers (number) AS (
    SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < {customers}
)
SELECT number, 'Customer ' || number, 'c' || number || '@example.com', '{{}}', {began}, {began}, 1
FROM numbers
"""
_PAST_ORDERS: Final = """
CREATE VIEW past_orders AS
SELECT orders.id AS seed, number, (orders.id - 1) * {copies} + number + 1 AS id,
       CASE customer_id WHEN 1 THEN first_customer ELSE (customer_id - 1) * {copies} + number + 1 END
           AS customer_id,
       status, payment_status, fulfilment_status, currency, total_minor, total_ten_thousandths,
       channel, reference IS NOT NULL AS has_reference, metadata, {earlier} AS created_at
FROM seed_orders AS orders CROSS JOIN copies
WHERE (orders.id - 1) * {copies} + number < {orders}
"""
# The rare product is sold no more often for being in a larger shop.
_PAST_LINES: Final = f"""
CREATE VIEW past_lines AS
SELECT past_orders.*, items.id AS line, quantity, unit_price_ten_thousandths, line_total_minor,
       product_id - CASE product_id WHEN {RARE_PRODUCT} THEN number ELSE 0 END AS product
FROM past_orders JOIN seed_items AS items ON items.order_id = seed
"""
# In the order of their ids, as a shop writes them.
_IN_TURN: Final = "WHERE seed BETWEEN {first} AND {last} ORDER BY seed, number"
_OF_ORDERS: Final = f"FROM past_orders {_IN_TURN}"
_OF_LINES: Final = f"FROM past_lines {_IN_TURN}, line"
_OF_MOVED_LINES: Final = _OF_LINES.replace("WHERE", "WHERE status <> 'cancelled' AND")
_IS_OPEN: Final = "status IN ('pending', 'confirmed')"
_INSERTS: Final = {
    "orders": f"""
INSERT INTO orders (
    id, customer_id, status, payment_status, fulfilment_status, currency, total_minor,
    total_ten_thousandths, channel, reference, metadata, created_at, updated_at, version
)
SELECT id, customer_id, status, payment_status, fulfilment_status, currency, total_minor,
       total_ten_thousandths, channel, CASE WHEN has_reference THEN 'R-' || id END, metadata,
       created_at, created_at, 1
{_OF_ORDERS}
""",
    "order_items": f"""
INSERT INTO order_items (
    order_id, id, product_id, sku, name, quantity, unit_price_ten_thousandths, line_total_minor,
    currency, track_inventory, shipped, returned
)
SELECT id, line, product, 'SKU-' || product, 'Product ' || product, quantity,
       unit_price_ten_thousandths, line_total_minor, currency, TRUE, 0, 0
{_OF_LINES}
""",
    "order_adjustments": f"""
INSERT INTO order_adjustments (order_id, position, kind, label, amount_minor, currency)
SELECT id, 0, 'shipping', 'Shipping', {SHIPPING_MINOR}, currency
{_OF_ORDERS}
""",
    # One of each order and line, where a real past would have two or three: an index is no deeper
    # for that.
    "events": f"""
INSERT INTO events (aggregate, aggregate_id, sequence, name, payload, actor, occurred_at)
SELECT 'order', id, 1, 'order.' || CASE status WHEN 'pending' THEN 'placed' ELSE status END,
       '{{{{}}}}', 'api_key:1', created_at
{_OF_ORDERS}
""",
    "reservations": f"""
INSERT INTO reservations (order_id, item_id, location_id, product_id, quantity, state)
SELECT id, line, 1, product, CASE WHEN {_IS_OPEN} THEN quantity ELSE 0 END,
       CASE WHEN {_IS_OPEN} THEN 'active' WHEN status = 'cancelled' THEN 'released' ELSE 'shipped' END
{_OF_LINES}
""",
    "stock_movements": f"""
INSERT INTO stock_movements
    (product_id, location_id, kind, on_hand_delta, reserved_delta, order_id, actor, occurred_at)
SELECT product, 1, CASE WHEN {_IS_OPEN} THEN 'reserve' ELSE 'ship' END,
       CASE WHEN {_IS_OPEN} THEN 0 ELSE -quantity END, CASE WHEN {_IS_OPEN} THEN quantity ELSE 0 END,
       id, 'api_key:1', created_at
{_OF_MOVED_LINES}
""",
}
_FIRST_EVENTS: Final = """
INSERT INTO events (aggregate, aggregate_id, sequence, name, payload, actor, occurred_at)
SELECT '{aggregate}', id, 1, '{aggregate}.made', '{{}}', 'benchmark', {began} FROM {table}
WHERE id > {known}
"""
# The first location is there, and its event.
_NAMED: Final = {
    "customer": ("customers", 0),
    "product": ("products", 0),
    "location": ("locations", 1),
    "stock_level": ("stock_levels", 0),
}
_OPENING: Final = f"""
INSERT INTO stock_movements
    (product_id, location_id, kind, on_hand_delta, reserved_delta, actor, occurred_at)
SELECT product_id, location_id, 'adjustment', {ON_HAND}, 0, 'benchmark', {{began}} FROM stock_levels
"""
_COUNTERS: Final = """
UPDATE stock_levels SET on_hand = moved.on_hand, reserved = moved.reserved
FROM (
    SELECT product_id, location_id, SUM(on_hand_delta) AS on_hand, SUM(reserved_delta) AS reserved
    FROM stock_movements GROUP BY product_id, location_id
) AS moved
WHERE stock_levels.product_id = moved.product_id AND stock_levels.location_id = moved.location_id
"""
# As a relay would have given them, whether the trigger has put them into the outbox or was away.
_POSITIONS: Final = (
    "DELETE FROM event_feed",
    """
INSERT INTO event_feed (position, event_id, name, visible_at)
SELECT row_number() OVER (ORDER BY id), id, name, MAX(occurred_at) OVER (ORDER BY id) FROM events
""",
    "DELETE FROM outbox",
    "UPDATE event_feed_head SET position = (SELECT MAX(position) FROM event_feed)",
)


@dataclass(frozen=True, slots=True)
class Multiplying:
    """`seeds` orders are in `seed_orders` and `seed_items`, and become `orders`."""

    dialect: str
    orders: int
    seeds: int
    seed_customers: int
    ledgers: bool

    @property
    def tables(self) -> tuple[str, ...]:
        """Those that become large."""
        return (*_PAST, *(_LEDGERS if self.ledgers else ()))

    def copies(self) -> list[tuple[int, int, int]]:
        """For `copies`: a number, who the largest customer becomes, and seconds to be earlier.

        A customer is the cube of chance: most copies of the largest are of the largest again.
        """
        many = self._copies
        apart = int(SPAN.total_seconds()) // (2 * self.orders)
        return [
            (number, int(many * ((number + 0.5) / many) ** 3) + 1, (many - 1 - number) * apart)
            for number in range(many)
        ]

    def before(self) -> Iterator[str]:
        earlier, copies = _EARLIER[self.dialect], self._copies
        yield _CUSTOMERS.format(customers=self.seed_customers * copies, began=self._began)
        yield _PAST_ORDERS.format(copies=copies, orders=self.orders, earlier=earlier)
        yield _PAST_LINES
        if self.ledgers:
            yield from self._opening()

    def of(self, table: str) -> Iterator[str]:
        for first in range(1, self.seeds + 1, _SLICE):
            yield _INSERTS[table].format(first=first, last=first + _SLICE - 1)

    def after(self) -> Iterator[str]:
        if self.ledgers:
            yield _COUNTERS
            yield from _POSITIONS

    @property
    def _copies(self) -> int:
        return -(-self.orders // self.seeds)

    @property
    def _began(self) -> str:
        cast = "::timestamptz" if self.dialect == "postgresql" else ""
        return f"'{BEGAN:%Y-%m-%dT%H:%M:%S.000000Z}'{cast}"

    def _opening(self) -> Iterator[str]:
        for aggregate, (table, known) in _NAMED.items():
            yield _FIRST_EVENTS.format(
                aggregate=aggregate, table=table, known=known, began=self._began
            )
        yield _OPENING.format(began=self._began)
