"""What there is to buy: written by statement, for through the API it would take minutes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from orderwright.domain.entities.location import DEFAULT_LOCATION_ID
from orderwright.domain.entities.stock import MovementKind
from orderwright.domain.value_objects.currency import Currency
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.database import Database

HOT_PRODUCT: Final = 1
# Nobody may be refused in a measurement.
ON_HAND: Final = 1_000_000_000
# What is bought to see that no more of it is sold than there is: not among the products above.
RARE_SKU: Final = "RARE"
RARE_ON_HAND: Final = 25

Rows = list[dict[str, Any]]


async def fill(url: str, *, products: int, customers: int) -> int:
    """Products and customers are numbered from 1; returns the number of the rare product."""
    now = datetime.now(UTC)
    skus = [*(f"SKU-{number}" for number in range(1, products + 1)), RARE_SKU]
    on_hand = [*(ON_HAND for _ in range(products)), RARE_ON_HAND]
    database = Database(url)
    async with database.write_engine.begin() as connection:
        await connection.execute(insert(tables.customers), _customers(customers, now))
        await connection.execute(insert(tables.products), _products(skus, now))
        await connection.execute(insert(tables.stock_levels), _levels(on_hand))
        await connection.execute(insert(tables.stock_movements), _movements(on_hand, now))
        for name, count in (("customer", customers), ("product", products + 1)):
            await connection.execute(insert(tables.events), _events(name, count, now))
        await connection.execute(insert(tables.events), _events("stock_level", products + 1, now))
        await _check_numbers(connection, products + 1)
        await _analyse(connection)
    await database.dispose()
    return products + 1


def _customers(count: int, now: datetime) -> Rows:
    return [
        {
            "name": f"Customer {number}",
            "email": f"c{number}@example.com",
            "metadata": {},
            "created_at": now,
            "updated_at": now,
            "version": 1,
        }
        for number in range(1, count + 1)
    ]


def _products(skus: list[str], now: datetime) -> Rows:
    return [
        {
            "sku": sku,
            "name": f"Product {sku}",
            "price_ten_thousandths": 125_000,
            "currency": Currency.of("GBP"),
            "active": True,
            "track_inventory": True,
            "backorder": False,
            "created_at": now,
            "updated_at": now,
            "version": 1,
        }
        for sku in skus
    ]


def _levels(on_hand: list[int]) -> Rows:
    return [
        {
            "product_id": number,
            "location_id": DEFAULT_LOCATION_ID,
            "on_hand": there,
            "reserved": 0,
            "backorder": False,
            "version": 1,
        }
        for number, there in enumerate(on_hand, 1)
    ]


def _movements(on_hand: list[int], now: datetime) -> Rows:
    return [
        {
            "product_id": number,
            "location_id": DEFAULT_LOCATION_ID,
            "kind": MovementKind.ADJUSTMENT,
            "on_hand_delta": there,
            "reserved_delta": 0,
            "reason": "opening stock",
            "actor": "benchmark",
            "occurred_at": now,
        }
        for number, there in enumerate(on_hand, 1)
    ]


def _events(aggregate: str, count: int, now: datetime) -> Rows:
    """One of each, for each is of version 1."""
    return [
        {
            "aggregate": aggregate,
            "aggregate_id": number,
            "sequence": 1,
            "name": f"{aggregate}.made",
            "payload": {},
            "actor": "benchmark",
            "occurred_at": now,
        }
        for number in range(1, count + 1)
    ]


async def _check_numbers(connection: AsyncConnection, products: int) -> None:
    """The rows above refer to one another by numbers that the database gives."""
    assert await connection.scalar(select(func.max(tables.products.c.id))) == products
    assert await connection.scalar(select(func.max(tables.stock_levels.c.id))) == products


async def _analyse(connection: AsyncConnection) -> None:
    """Only what is filled: of a table that was seen empty PostgreSQL plans to read all, for long."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("ANALYZE customers, products, stock_levels"))
