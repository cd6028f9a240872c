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

    async def levels_at(
        self, location_id: int, product_ids: Collection[int]
    ) -> dict[int, StockLevel]:
        here = _levels.location_id == location_id
        found = await self._locked(here & _levels.product_id.in_(product_ids))
        if missing := set(product_ids) - {level.product_id for level in found}:
            await self._make_levels(missing, location_id)
            found = [*found, *await self._locked(here & _levels.product_id.in_(missing))]
        return {level.product_id: level for level in found}

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
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        return found.all()

    async def _make_level(self, product_id: int, location_id: int) -> None:
        product = await self._session.get(Product, product_id)
        if product is None:
            raise ProductNotFound("no product has this id")
        if not product.track_inventory:
            raise StockNotTracked(f"product {product_id} needs no stock")
        if await self._session.get(Location, location_id) is None:
            raise LocationNotFound("no location has this id")
        await self._insert_levels([product], location_id)

    async def _make_levels(self, product_ids: Collection[int], location_id: int) -> None:
        tracked = tables.products.c.id.in_(product_ids) & tables.products.c.track_inventory
        products = (await self._session.scalars(select(Product).where(tracked))).all()
        if products:
            await self._insert_levels(products, location_id)

    async def _insert_levels(self, products: Sequence[Product], location_id: int) -> None:
        rows = [
            {
                "product_id": product.id,
                "location_id": location_id,
                "on_hand": 0,
                "reserved": 0,
                "backorder": product.backorder,
                "version": 0,
            }
            for product in products
        ]
        await self._session.execute(insert_unless_there(self._session, tables.stock_levels, rows))
