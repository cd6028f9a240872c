"""Stock set aside for the lines of an order, and how it is shared out over locations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, NamedTuple, Protocol, TypeVar

from orderwright.domain.entities.stock import OutOfStock


class ReservationState(StrEnum):
    ACTIVE = "active"
    SHIPPED = "shipped"
    RELEASED = "released"


@dataclass(kw_only=True, eq=False)
class Reservation:
    """`quantity` units of one line still held at one location; none are left once it is closed."""

    order_id: int
    item_id: int
    product_id: int
    location_id: int
    quantity: int
    state: ReservationState = ReservationState.ACTIVE

    def take(self, quantity: int) -> None:
        self.quantity -= quantity
        if self.quantity == 0:
            self.state = ReservationState.SHIPPED

    def release(self) -> int:
        """How many units it gives back."""
        released, self.quantity = self.quantity, 0
        self.state = ReservationState.RELEASED
        return released


class Wanted(Protocol):
    """A line that wants stock."""

    @property
    def id(self) -> int: ...
    @property
    def product_id(self) -> int: ...
    @property
    def quantity(self) -> int: ...
    @property
    def track_inventory(self) -> bool: ...


class Holding(Protocol):
    """What a location holds of a product."""

    @property
    def product_id(self) -> int: ...
    @property
    def location_id(self) -> int: ...
    @property
    def available(self) -> int: ...
    @property
    def backorder(self) -> bool: ...


Level = TypeVar("Level", bound=Holding)


class Allocation(NamedTuple, Generic[Level]):
    item_id: int
    level: Level
    quantity: int


def allocate(items: Iterable[Wanted], levels: Iterable[Level]) -> list[Allocation[Level]]:
    """Decide which location serves each line: all lines or nothing. Changes no level.

    A line comes whole from the first location that can serve it, else from several in location
    order; what no location holds is promised by the first when the product has backorder.

    Raises:
        OutOfStock: too little of a product is available; names the product and what is.
    """
    shelves = _Shelves(levels)
    return [part for item in items if item.track_inventory for part in shelves.serve(item)]


class _Shelves(Generic[Level]):
    """What is still free while the lines of one order are served one after another."""

    def __init__(self, levels: Iterable[Level]) -> None:
        self._by_product: Mapping[int, list[Level]] = defaultdict(list)
        for level in sorted(levels, key=lambda each: each.location_id):
            self._by_product[level.product_id].append(level)
        self._free: dict[int, int] = {}

    def serve(self, item: Wanted) -> Sequence[Allocation[Level]]:
        levels = self._by_product[item.product_id]
        whole = [level for level in levels if self._free_at(level) >= item.quantity]
        parts = self._from(whole[:1] or levels, item)
        for part in parts:
            self._free[id(part.level)] = self._free_at(part.level) - part.quantity
        return parts

    def _from(self, levels: Sequence[Level], item: Wanted) -> list[Allocation[Level]]:
        taken = [0] * len(levels)
        missing = item.quantity
        for place, level in enumerate(levels):
            taken[place] = min(missing, max(0, self._free_at(level)))
            missing -= taken[place]
        if missing:
            self._must_allow_backorder(levels, item)
            taken[0] += missing
        return [
            Allocation(item.id, level, quantity)
            for level, quantity in zip(levels, taken, strict=True)
            if quantity
        ]

    def _must_allow_backorder(self, levels: Sequence[Level], item: Wanted) -> None:
        if levels and levels[0].backorder:
            return
        available = sum(max(0, self._free_at(level)) for level in levels)
        raise OutOfStock(
            f"product {item.product_id} has {available} available, {item.quantity} are wanted",
            product_id=item.product_id,
            available=available,
        )

    def _free_at(self, level: Level) -> int:
        return self._free.get(id(level), level.available)
