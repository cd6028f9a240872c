from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.location import DEFAULT_LOCATION_ID
from orderwright.domain.entities.product import Product
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.money import UnitPrice


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateProduct:
    sku: str
    name: str
    price: UnitPrice
    active: bool = True
    track_inventory: bool = True
    backorder: bool = False


async def create_product(command: CreateProduct, uow: UnitOfWork, *, now: datetime) -> Product:
    """A tracked product gets its empty shelf at the default location at once.

    Raises:
        SkuTaken.
    """
    async with uow:
        product = Product.create(
            sku=command.sku,
            name=command.name,
            price=command.price,
            active=command.active,
            track_inventory=command.track_inventory,
            backorder=command.backorder,
            now=now,
        )
        await uow.products.add(product)
        if product.track_inventory:
            await uow.stock.level(product.id, DEFAULT_LOCATION_ID)
        return await uow.commit(product)
