"""A stock level as a group of orders finds it: locked, served from in memory, written once."""

from __future__ import annotations

from dataclasses import dataclass


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
