"""How the lines of an order and the stock of its products move together, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from orderwright.domain.entities.location import DEFAULT_LOCATION_ID
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.stock import InventoryMissing, StockLevel
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.interfaces.unit_of_work import UnitOfWork

LevelKey = tuple[int, int]  # product, location


async def release(order: Order, uow: UnitOfWork, now: datetime) -> None:
    """Give back whatever the order still holds."""
    held = [each for each in await uow.stock.reservations_of(order.id) if each.quantity]
    levels = await _levels(uow, {each.product_id for each in held})
    for reservation in held:
        level = levels[reservation.product_id, reservation.location_id]
        level.release(reservation.release(), order.id, now)


async def ship(order: Order, lines: Iterable[LineQuantity], uow: UnitOfWork, now: datetime) -> None:
    """Take the lines' units off their reservations and off the shelf, in location order."""
    wanted = {line.item_id: line.quantity for line in lines}
    held = [
        each
        for each in await uow.stock.reservations_of(order.id)
        if each.quantity and each.item_id in wanted
    ]
    levels = await _levels(uow, {each.product_id for each in held})
    for reservation in held:
        quantity = min(wanted[reservation.item_id], reservation.quantity)
        if quantity == 0:
            continue
        wanted[reservation.item_id] -= quantity
        reservation.take(quantity)
        level = levels[reservation.product_id, reservation.location_id]
        level.ship(quantity, order.id, now)
    unheld = [item for item, left in wanted.items() if left and order.item(item).track_inventory]
    if unheld:
        raise InventoryMissing(f"lines {unheld} of order {order.id} hold no stock")


async def restock(
    order: Order, lines: Sequence[LineQuantity], uow: UnitOfWork, now: datetime
) -> None:
    """Put what came back on a shelf it was taken from: the last, when there were several."""
    sources = {each.item_id: each.location_id for each in await uow.stock.reservations_of(order.id)}
    tracked = [line for line in lines if order.item(line.item_id).track_inventory]
    levels = await _levels(uow, {order.item(line.item_id).product_id for line in tracked})
    for line in tracked:
        location_id = sources.get(line.item_id, DEFAULT_LOCATION_ID)
        level = levels[order.item(line.item_id).product_id, location_id]
        level.restock(line.quantity, order.id, now)


async def _levels(uow: UnitOfWork, products: set[int]) -> dict[LevelKey, StockLevel]:
    found = await uow.stock.levels_of(products)
    return {(level.product_id, level.location_id): level for level in found}
