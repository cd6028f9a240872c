"""A database with a past: the orders of `benchmarks.plans`, and what hangs on each of them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from benchmarks.plans.filling import fill
from orderwright.infrastructure.database import engines, migrate

# All are of the catalogue of `filling`, and none is inactive there.
PRODUCTS: Final = 999
CUSTOMERS: Final = 1_000

# So that what placing writes to is as large as what lists read from. One row where a real past would
# have two or three: an index is no deeper for that.
_LEDGERS: Final = (
    """
    INSERT INTO events (aggregate, aggregate_id, sequence, name, payload, actor, occurred_at)
    SELECT 'order', id, 1, 'order.placed', '{}', 'api_key:1', created_at FROM orders
    """,
    """
    INSERT INTO reservations (order_id, item_id, location_id, product_id, quantity, state)
    SELECT order_id, id, 1, product_id, 0, 'shipped' FROM order_items
    """,
    """
    INSERT INTO stock_movements
        (product_id, location_id, kind, on_hand_delta, reserved_delta, order_id, actor, occurred_at)
    SELECT product_id, 1, 'reserve', 0, quantity, order_id, 'api_key:1', created_at
    FROM order_items JOIN orders ON orders.id = order_items.order_id
    """,
)
_NUMBERED: Final = ("customers", "products", "locations", "stock_levels", "orders")


async def make(url: str, orders: int) -> None:
    await migrate.upgrade(url)
    await fill(url, orders)
    engine = engines.for_migrations(url)
    async with engine.begin() as connection:
        for statement in _LEDGERS:
            await connection.execute(text(statement))
        if connection.dialect.name == "postgresql":
            for table in _NUMBERED:  # rows that bring their number do not move the counter
                await connection.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id))"  # noqa: S608
                        f" FROM {table}"
                    )
                )
    if not url.startswith("sqlite"):
        autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        async with autocommit.connect() as connection:
            await connection.execute(text("VACUUM ANALYZE"))
    await engine.dispose()
