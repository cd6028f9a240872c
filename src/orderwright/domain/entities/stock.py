"""Stock: what a location holds of a product, what of it is promised, and every movement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from orderwright.domain.entities.aggregate import UNSAVED, Aggregate
from orderwright.domain.errors import Conflict, Rejected
from orderwright.domain.events.catalog import StockAdjusted

ON_HAND_MAX: Final = 10**12  # far beyond any warehouse, far inside 64 bits


class OutOfStock(Conflict):
    code = "out_of_stock"


class StockIsReserved(Conflict):
    code = "stock_is_reserved"


class NotEnoughOnHand(Conflict):
    code = "not_enough_on_hand"


class InventoryMissing(Conflict):
    """An order holds less stock than its lines need; the auditor says why."""

    code = "inventory_missing"


class StockTooLarge(Rejected):
    code = "stock_too_large"


class StockNotTracked(Rejected):
    code = "stock_not_tracked"


class MovementKind(StrEnum):
    ADJUSTMENT = "adjustment"  # a person counted, received or wrote off
    HISTORY = (
        "history"  # received to cover an imported, past sale, and reserved for one that is over
    )
    RESERVE = "reserve"
    RELEASE = "release"
    SHIP = "ship"
    RESTOCK = "restock"  # came back from a customer


@dataclass(frozen=True, kw_only=True)
class StockMovement:
    """One row of the append-only ledger; the counters of a level are the sums of its rows."""

    product_id: int
    location_id: int
    kind: MovementKind
    on_hand_delta: int
    reserved_delta: int
    occurred_at: datetime
    order_id: int | None = None
    reason: str | None = None


@dataclass(kw_only=True, eq=False)
class StockLevel(Aggregate):
    """Always `0 <= reserved <= on_hand`, but for products that may be backordered.

    `backorder` repeats the product's own so that the database can check the rule on one row.
    """

    product_id: int
    location_id: int
    on_hand: int = 0
    reserved: int = 0
    backorder: bool = False
    id: int = UNSAVED

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    def reserve(self, quantity: int, order_id: int, now: datetime) -> None:
        """Raises: OutOfStock: less is available and the product has no backorder."""
        if quantity > self.available and not self.backorder:
            raise OutOfStock(
                f"product {self.product_id} has {self.available} available",
                product_id=self.product_id,
            )
        self._move(MovementKind.RESERVE, 0, quantity, now, order_id=order_id)

    def release(self, quantity: int, order_id: int, now: datetime) -> None:
        self._move(MovementKind.RELEASE, 0, -quantity, now, order_id=order_id)

    def ship(self, quantity: int, order_id: int, now: datetime) -> None:
        """Raises: NotEnoughOnHand: a backorder whose goods have not come in yet."""
        if quantity > self.on_hand:
            raise NotEnoughOnHand(f"product {self.product_id} has {self.on_hand} on hand")
        self._move(MovementKind.SHIP, -quantity, -quantity, now, order_id=order_id)

    def restock(self, quantity: int, order_id: int, now: datetime) -> None:
        self._move(MovementKind.RESTOCK, quantity, 0, now, order_id=order_id)

    def receive_history(self, quantity: int, order_id: int, now: datetime) -> None:
        """Bring in what a past sale needed, so that importing it leaves today's stock as it is."""
        self._move(MovementKind.HISTORY, quantity, 0, now, order_id=order_id)

    def adjust(self, delta: int, reason: str, now: datetime) -> None:
        """Raises:
        StockIsReserved: fewer would be left than orders have reserved, or than none.
        StockTooLarge: more than anybody counts.
        """
        left = self.on_hand + delta
        if left > ON_HAND_MAX:
            raise StockTooLarge(f"a location holds at most {ON_HAND_MAX} units of a product")
        if left < 0 or (delta < 0 and left < self.reserved and not self.backorder):
            raise StockIsReserved(
                f"product {self.product_id} has {self.reserved} reserved of {self.on_hand} on hand"
            )
        self._move(MovementKind.ADJUSTMENT, delta, 0, now, reason=reason)
        adjusted = StockAdjusted(
            product_id=self.product_id,
            location_id=self.location_id,
            delta=delta,
            reason=reason,
            on_hand=self.on_hand,
            reserved=self.reserved,
        )
        self.record(adjusted, now)

    def take_movements(self) -> list[StockMovement]:
        taken = list(self._unwritten_movements())
        self._unwritten_movements().clear()
        return taken

    def _move(
        self,
        kind: MovementKind,
        on_hand_delta: int,
        reserved_delta: int,
        now: datetime,
        *,
        order_id: int | None = None,
        reason: str | None = None,
    ) -> None:
        self.on_hand += on_hand_delta
        self.reserved += reserved_delta
        movement = StockMovement(
            product_id=self.product_id,
            location_id=self.location_id,
            kind=kind,
            on_hand_delta=on_hand_delta,
            reserved_delta=reserved_delta,
            occurred_at=now,
            order_id=order_id,
            reason=reason,
        )
        self._unwritten_movements().append(movement)

    def _unwritten_movements(self) -> list[StockMovement]:
        movements: list[StockMovement] = self.__dict__.setdefault("_movements", [])
        return movements


def movements_of_past_sale(
    product_id: int,
    location_id: int,
    quantity: int,
    *,
    order_id: int,
    sold_at: datetime,
    shipped_at: datetime,
) -> list[StockMovement]:
    """What an imported sale moved that is long over: its goods came in for it alone, and left. The
    level ends where it began, so that nobody has to wait for it or change it."""
    moved = (
        (MovementKind.HISTORY, quantity, quantity, sold_at),
        (MovementKind.SHIP, -quantity, -quantity, shipped_at),
    )
    return [
        StockMovement(
            product_id=product_id,
            location_id=location_id,
            kind=kind,
            on_hand_delta=on_hand_delta,
            reserved_delta=reserved_delta,
            occurred_at=occurred_at,
            order_id=order_id,
        )
        for kind, on_hand_delta, reserved_delta, occurred_at in moved
    ]
