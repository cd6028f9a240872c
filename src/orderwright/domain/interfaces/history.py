"""Past sales, many at a time: what an import needs beside the everyday repositories."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderwright.domain.entities.customer import Customer
from orderwright.domain.entities.imported_document import ImportedDocument
from orderwright.domain.entities.past_sale import PastSale
from orderwright.domain.entities.product import Product
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money, UnitPrice


@dataclass(frozen=True, slots=True)
class KnownProduct:
    id: int
    sku: str
    name: str
    currency: Currency
    track_inventory: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnableLine:
    """A line of a past sale of which `quantity` units can still come back.

    `refundable` is what the payments of the whole order have left; its lines share it.
    """

    order_id: int
    item_id: int
    customer_id: int
    product_id: int
    sold_at: datetime
    unit_price: UnitPrice
    quantity: int
    refundable: Money


class History(Protocol):
    """Whatever is added here is written at once, with its events."""

    async def customer_ids(self, external_refs: Collection[str]) -> dict[str, int]:
        """Of those that exist."""
        ...

    async def products(self, skus: Collection[str]) -> Sequence[KnownProduct]:
        """Those that exist."""
        ...

    async def add_customers(self, customers: Sequence[Customer]) -> None:
        """Keep them and give them their ids.

        Raises: ExternalRefTaken: another transaction has made one of them meanwhile.
        """
        ...

    async def add_products(self, products: Sequence[Product]) -> None:
        """Keep them and give them their ids.

        Raises: SkuTaken: another transaction has made one of them meanwhile.
        """
        ...

    async def order_ids(self, count: int) -> Sequence[int]:
        """Ids for new orders that `add_sales` will write in this unit of work."""
        ...

    async def add_sales(self, sales: Sequence[PastSale]) -> None:
        """Write orders that have their ids, with all their parts and everything that happened.

        Raises: DuplicateReference: the channel has an order with one of these references by now.
        """
        ...

    async def returnable_lines(
        self, customer_ids: Collection[int], product_ids: Collection[int], *, channel: str
    ) -> Sequence[ReturnableLine]:
        """What the customers bought of the products, in sales that were imported from the channel,
        and can still return; the most recent sale first."""
        ...

    async def documents(
        self, channel: str, references: Collection[str]
    ) -> dict[str, ImportedDocument]: ...

    async def taken_references(self, channel: str, references: Collection[str]) -> set[str]:
        """Those under which the channel has an order, however it came to be."""
        ...

    async def keep_documents(self, documents: Sequence[ImportedDocument]) -> None:
        """Remember outcomes.

        Raises:
            DocumentAlreadyImported: another import has decided one of them meanwhile.
        """
        ...

    async def forget_documents(self, channel: str, references: Collection[str]) -> None:
        """What was decided of them, so that it can be decided anew; what was placed, stays."""
        ...
