"""What the wanted lines cost: the catalogue's price, or one agreed elsewhere by somebody who may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orderwright.domain.entities.order import EmptyOrder
from orderwright.domain.entities.placed_order import PlacedLine
from orderwright.domain.entities.product import ProductInactive, UnknownProduct
from orderwright.domain.interfaces.placement import CatalogueProduct
from orderwright.domain.value_objects.actor import Actor
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import CurrencyMismatch, UnitPrice
from orderwright.domain.value_objects.permission import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedItem:
    """`unit_price`, a decimal in the product's currency, overrides the catalogue."""

    product_id: int
    quantity: int
    unit_price: str | None = None


def priced_lines(
    wanted: Sequence[WantedItem], products: Mapping[int, CatalogueProduct], actor: Actor
) -> tuple[Sequence[PlacedLine], Currency]:
    """The order's lines, numbered from 1, and the one currency they share.

    Raises:
        EmptyOrder, UnknownProduct, ProductInactive, CurrencyMismatch, InvalidQuantity.
        PermissionDenied: a price of one's own without catalog:write.
    """
    if not wanted:
        raise EmptyOrder("an order needs at least one line")
    if any(each.unit_price is not None for each in wanted):
        actor.require(Permission.CATALOG_WRITE)
    lines = [_line(number, each, products) for number, each in enumerate(wanted, start=1)]
    currencies = {line.line_total.currency for line in lines}
    if len(currencies) > 1:
        raise CurrencyMismatch("the products are priced in different currencies")
    return lines, currencies.pop()


def _line(number: int, wanted: WantedItem, products: Mapping[int, CatalogueProduct]) -> PlacedLine:
    product = products.get(wanted.product_id)
    if product is None:
        raise UnknownProduct(f"no product {wanted.product_id}", product_id=wanted.product_id)
    if not product.active:
        raise ProductInactive(f"product {product.id} is not active", product_id=product.id)
    price = product.price
    if wanted.unit_price is not None:
        price = UnitPrice.parse(wanted.unit_price, product.currency)
    return PlacedLine.of(
        number=number,
        product_id=product.id,
        sku=product.sku,
        name=product.name,
        quantity=wanted.quantity,
        unit_price=price,
        track_inventory=product.track_inventory,
    )
