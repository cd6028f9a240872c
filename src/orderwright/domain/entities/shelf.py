"""A stock level as a group of orders finds it: locked, served from in memory, written once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.stock import MovementKind, StockMovement


@dataclass(slots=True, kw_only=True, eq=False)
class Shelf:
    """`granted` units were promised since it was locked; `reserved` already counts them."""

    level_id: int
    product_id: int
    location_id: int
    on_hand: int
    reserved: int
    backorder: bool
    granted: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    def grant(self, quantity: int) -> None:
        """What `allocate` found to be there, or to be promised."""
        self.reserved += quantity
        self.granted += quantity


def reservation_movement(
    shelf: Shelf, quantity: int, order_id: int, now: datetime
) -> StockMovement:
    return StockMovement(
        product_id=shelf.product_id,
        location_id=shelf.location_id,
        kind=MovementKind.RESERVE,
        on_hand_delta=0,
        reserved_delta=quantity,
        occurred_at=now,
        order_id=order_id,
    )
