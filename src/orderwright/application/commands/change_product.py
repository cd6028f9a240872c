from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.location import DEFAULT_LOCATION_ID
from orderwright.domain.entities.product import Product
from orderwright.domain.entities.stock import StockIsReserved
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import UnitPrice


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeProduct:
    """`changes` holds only what the caller named, checked at the edge. A new price is for new orders:
    a decimal, in `currency` or else in the one that the product has."""

    product_id: int
    changes: Mapping[str, object]
    price: str | None = None
    currency: str | None = None


async def change_product(command: ChangeProduct, uow: UnitOfWork, *, now: datetime) -> Product:
    """Raises: ProductNotFound, SkuTaken, UnknownCurrency, InvalidAmount, AmountTooLarge,
    StockIsReserved (backorder ends while more is promised than is there)."""
    async with uow:
        product = await uow.products.get_by_id(command.product_id)
        await uow.context.precondition.check(product, uow)
        changes = {**command.changes, **_new_price(command, product)}
        if changes:
            product.change(changes, now)
        if product.track_inventory:
            await _carry_backorder(product, uow)
        return await uow.commit(product)


def _new_price(command: ChangeProduct, product: Product) -> Mapping[str, object]:
    if command.price is None:
        return {}
    currency = product.currency if command.currency is None else Currency.of(command.currency)
    return {"price": UnitPrice.parse(command.price, currency), "currency": currency}


async def _carry_backorder(product: Product, uow: UnitOfWork) -> None:
    await uow.stock.level(product.id, DEFAULT_LOCATION_ID)
    for level in await uow.stock.levels_of({product.id}):
        if not product.backorder and level.reserved > level.on_hand:
            raise StockIsReserved(
                f"product {product.id} has {level.reserved} reserved of {level.on_hand} on hand"
            )
        level.backorder = product.backorder
