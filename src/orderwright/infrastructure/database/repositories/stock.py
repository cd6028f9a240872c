from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.location import Location, LocationNotFound
from orderwright.domain.entities.product import Product, ProductNotFound
from orderwright.domain.entities.reservation import Reservation
from orderwright.domain.entities.stock import StockLevel, StockMovement, StockNotTracked
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.upsert import insert_unless_there

_levels = tables.stock_levels.c


class SqlStock:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def levels_of(self, product_ids: Collection[int]) -> Sequence[StockLevel]:
        if not product_ids:
            return []
        return await self._locked(_levels.product_id.in_(product_ids))

    async def level(self, product_id: int, location_id: int) -> StockLevel:
        await self._make_level(product_id, location_id)
        where = (_levels.product_id == product_id) & (_levels.location_id == location_id)
        (level,) = await self._locked(where)
        return level

    async def reservations_of(self, order_id: int) -> Sequence[Reservation]:
        columns = tables.reservations.c
        found = await self._session.scalars(
            select(Reservation)
            .where(columns.order_id == order_id)
            .order_by(columns.item_id, columns.location_id)
        )
        return found.all()

    def reserve(self, reservation: Reservation) -> None:
        self._session.add(reservation)

    async def write_movements(self, movements: Sequence[StockMovement], actor: str) -> None:
        if movements:
            rows = [{**vars(movement), "actor": actor} for movement in movements]
            await self._session.execute(insert(tables.stock_movements), rows)

    async def _locked(self, where: ColumnElement[bool]) -> Sequence[StockLevel]:
        await self._session.flush()
        found = await self._session.scalars(
            select(StockLevel)
            .where(where)
            .order_by(_levels.product_id, _levels.location_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return found.all()

    async def _make_level(self, product_id: int, location_id: int) -> None:
        product = await self._session.get(Product, product_id)
        if product is None:
            raise ProductNotFound(f"no product {product_id}")
        if not product.track_inventory:
            raise StockNotTracked(f"product {product_id} needs no stock")
        if await self._session.get(Location, location_id) is None:
            raise LocationNotFound(f"no location {location_id}")
        row = {
            "product_id": product_id,
            "location_id": location_id,
            "on_hand": 0,
            "reserved": 0,
            "backorder": product.backorder,
            "version": 0,
        }
        await self._session.execute(insert_unless_there(self._session, tables.stock_levels, row))
