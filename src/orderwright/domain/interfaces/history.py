"""Past sales, many at a time: what an import needs beside the everyday repositories."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderwright.domain.entities.imported_document import ImportedDocument
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.shipment import Shipment
from orderwright.domain.entities.stock import StockMovement
from orderwright.domain.value_objects.money import Money, UnitPrice


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSale:
    """An order with everything that has happened to it, ready to be written in one go.

    The units of its tracked lines that have not been shipped are reserved at `location_id`.
    `movements` are of goods that came and went; stock that is still there moves by its level.
    """

    order: Order
    payment: Payment | None
    shipment: Shipment | None
    location_id: int
    movements: Sequence[StockMovement]


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
    async def order_ids(self, count: int) -> Sequence[int]:
        """Ids for new orders that `add_sales` will write in this unit of work."""
        ...

    async def add_sales(self, sales: Sequence[PastSale]) -> None:
        """Write orders that have their ids, with all their parts and in the state they are in."""
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
