from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.aggregate import UNSAVED, Aggregate
from orderwright.domain.errors import Conflict, NotFound, Rejected
from orderwright.domain.events.catalog import ProductChanged, ProductCreated
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import UnitPrice


class ProductNotFound(NotFound):
    code = "product_not_found"


class UnknownProduct(Rejected):
    """A line names a product that does not exist."""

    code = "unknown_product"


class ProductInactive(Rejected):
    code = "product_inactive"


class SkuTaken(Conflict):
    code = "sku_taken"


@dataclass(kw_only=True, eq=False)
class Product(Aggregate):
    """A sellable thing. Without `track_inventory` it needs no stock."""

    sku: str
    name: str
    price: UnitPrice
    currency: Currency
    created_at: datetime
    updated_at: datetime
    active: bool = True
    track_inventory: bool = True
    backorder: bool = False
    id: int = UNSAVED

    @classmethod
    def create(
        cls,
        *,
        sku: str,
        name: str,
        price: UnitPrice,
        now: datetime,
        active: bool = True,
        track_inventory: bool = True,
        backorder: bool = False,
    ) -> Product:
        product = cls(
            sku=sku,
            name=name,
            price=price,
            currency=price.currency,
            active=active,
            track_inventory=track_inventory,
            backorder=backorder,
            created_at=now,
            updated_at=now,
        )
        created = ProductCreated(sku=sku, price=str(price), currency=price.currency.code)
        product.record(created, now)
        return product

    def change(self, changes: Mapping[str, object], now: datetime) -> None:
        for name, value in changes.items():
            setattr(self, name, value)
        self.updated_at = now
        self.record(ProductChanged(changed=tuple(sorted(changes))), now)
