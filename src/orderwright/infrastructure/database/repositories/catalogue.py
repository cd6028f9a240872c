from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.customer import Customer, CustomerNotFound
from orderwright.domain.entities.location import Location, LocationNotFound
from orderwright.domain.entities.product import Product, ProductNotFound
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.repositories.kept import Kept


class SqlCustomers(Kept[Customer, int]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, Customer, CustomerNotFound)

    async def look_at(self, customer_id: int) -> Customer:
        found = await self._first(tables.customers.c.id == customer_id)
        if found is None:
            raise CustomerNotFound("no customer has this id")
        return found

    async def find_by_external_ref(self, external_ref: str) -> Customer | None:
        return await self._first(tables.customers.c.external_ref == external_ref)


class SqlProducts(Kept[Product, int]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, Product, ProductNotFound)

    async def find_by_skus(self, skus: Collection[str]) -> dict[str, Product]:
        found = await self._all(tables.products.c.sku.in_(skus))
        return {product.sku: product for product in found}


class SqlLocations(Kept[Location, int]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, Location, LocationNotFound)
