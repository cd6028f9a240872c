from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from orderwright.domain.entities.customer import Customer
from orderwright.domain.entities.location import Location
from orderwright.domain.entities.product import Product
from orderwright.domain.interfaces.readers import StockLevelView
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.readers.reading import Reading

_customers: Final = tables.customers.c
_products: Final = tables.products.c
_levels: Final = tables.stock_levels.c


class SqlCatalogueReader(Reading):
    async def customer(self, customer_id: int) -> Customer | None:
        found: Customer | None = await self._one(
            select(Customer).where(_customers.id == customer_id)
        )
        return found

    async def customers(
        self, *, skip: int, limit: int, email: str | None = None, external_ref: str | None = None
    ) -> Sequence[Customer]:
        question = select(Customer).order_by(_customers.id).offset(skip).limit(limit)
        if email is not None:
            question = question.where(func.lower(_customers.email) == func.lower(email))
        if external_ref is not None:
            question = question.where(_customers.external_ref == external_ref)
        return await self._all(question)

    async def product(self, product_id: int) -> Product | None:
        found: Product | None = await self._one(select(Product).where(_products.id == product_id))
        return found

    async def products(
        self, *, skip: int, limit: int, sku: str | None = None, active: bool | None = None
    ) -> Sequence[Product]:
        question = select(Product).order_by(_products.id).offset(skip).limit(limit)
        if sku is not None:
            question = question.where(_products.sku == sku)
        if active is not None:
            question = question.where(_products.active == active)
        return await self._all(question)

    async def locations(self, *, skip: int, limit: int) -> Sequence[Location]:
        question = select(Location).order_by(tables.locations.c.id).offset(skip).limit(limit)
        return await self._all(question)

    async def stock_levels(
        self, *, skip: int, limit: int, product_id: int | None, location_id: int | None
    ) -> Sequence[StockLevelView]:
        columns = (_levels.product_id, _levels.location_id, _levels.on_hand, _levels.reserved)
        question = select(*columns).order_by(_levels.product_id, _levels.location_id)
        if product_id is not None:
            question = question.where(_levels.product_id == product_id)
        if location_id is not None:
            question = question.where(_levels.location_id == location_id)
        rows = await self._mappings(question.offset(skip).limit(limit))
        return [StockLevelView(**row) for row in rows]
