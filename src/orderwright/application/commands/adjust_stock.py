from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.location import DEFAULT_LOCATION_ID
from orderwright.domain.entities.stock import StockLevel
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustStock:
    """`delta` units more, or fewer when negative, with the reason a person gives."""

    product_id: int
    delta: int
    reason: str
    location_id: int = DEFAULT_LOCATION_ID


async def adjust_stock(command: AdjustStock, uow: UnitOfWork, *, now: datetime) -> StockLevel:
    """Raises: ProductNotFound, LocationNotFound, StockNotTracked, StockIsReserved, StockTooLarge."""
    async with uow:
        level = await uow.stock.level(command.product_id, command.location_id)
        level.adjust(command.delta, command.reason, now)
        return await uow.commit(level)
