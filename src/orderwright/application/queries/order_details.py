"""What belongs to one order. An order that does not exist is said to be missing, not empty."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from orderwright.domain.entities.order import OrderNotFound
from orderwright.domain.interfaces.readers import OrderDetailsReader

T = TypeVar("T")


async def of_existing_order(
    order_id: int, reader: OrderDetailsReader, question: Callable[[int], Awaitable[Sequence[T]]]
) -> Sequence[T]:
    """Raises: OrderNotFound."""
    found = await question(order_id)
    if not found and not await reader.exists(order_id):
        raise OrderNotFound("no order has this id")
    return found
