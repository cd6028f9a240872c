from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.location import Location, LocationNotFound
from orderwright.domain.entities.product import Product, ProductNotFound
from orderwright.domain.entities.reservation import Reservation
from orderwright.domain.entities.stock import StockLevel, StockMovement, StockNotTracked
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.upsert import insert_found_unless_there

_levels = tables.stock_levels.c
_products = tables.products.c


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
        if not product_ids:
            return {}
        here = _levels.location_id == location_id
        found = await self._locked(here & _levels.product_id.in_(product_ids))
        return {level.product_id: level for level in found}

    async def make_levels(self, location_id: int, product_ids: Collection[int]) -> None:
        if product_ids:
            await self._insert_levels(_products.id.in_(product_ids), location_id)

    async def reservations_of(self, order_id: int) -> Sequence[Reservation]:
        columns = tables.reservations.c
        found = await self._session.scalars(
            select(Reservation)
            .where(columns.order_id == order_id)
            .order_by(columns.item_id, columns.location_id)
        )
        return found.all()

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
        await self._insert_levels(_products.id == product_id, location_id)

    async def _insert_levels(self, products: ColumnElement[bool], location_id: int) -> None:
        """Of nothing, for those that are tracked and have none there."""
        of_nothing = (
            select(
                _products.id.label("product_id"),
                literal(location_id).label("location_id"),
                literal(0).label("on_hand"),
                literal(0).label("reserved"),
                _products.backorder,
                literal(0).label("version"),
            )
            .where(products, _products.track_inventory)
            .order_by(_products.id)
        )
        await self._session.execute(
            insert_found_unless_there(self._session, tables.stock_levels, of_nothing)
        )
