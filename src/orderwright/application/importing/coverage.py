"""Which earlier sales cancellations can take their goods back from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.interfaces.history import ReturnableLine
from orderwright.domain.value_objects.money import Money, UnitPrice


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many units of a product that a customer brings back, for a price each."""

    customer_id: int
    product_id: int
    quantity: int
    price: UnitPrice
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """Units of one line of an order, and the money that goes back for them."""

    order_id: int
    item_id: int
    quantity: int
    amount: Money


class Coverage:
    """What is left to return, and the money to give back for it, while one cancellation after
    another takes from it."""

    def __init__(self, lines: Iterable[ReturnableLine]) -> None:
        """`lines`: the most recent sale first."""
        self._lines: dict[tuple[int, int], list[ReturnableLine]] = defaultdict(list)
        self._units: dict[tuple[int, int], int] = {}
        self._money: dict[int, Money] = {}
        for line in lines:
            self._lines[line.customer_id, line.product_id].append(line)
            self._units[line.order_id, line.item_id] = line.quantity
            self._money[line.order_id] = line.refundable

    def left(self, wanted: Wanted) -> int:
        return sum(self._units[line.order_id, line.item_id] for line in self._eligible(wanted))

    def take(self, wanted: Wanted) -> Sequence[Part]:
        """All that is wanted, from sales at its price first and the most recent first; or nothing
        when the sales together do not have as many units, or not the money for them."""
        parts: list[Part] = []
        missing = wanted.quantity
        for line in sorted(
            self._eligible(wanted), key=lambda each: each.unit_price != wanted.price
        ):
            units = min(missing, self._can_take(line, wanted.price))
            if units:
                parts.append(Part(line.order_id, line.item_id, units, wanted.price.times(units)))
                missing -= units
                self._count(parts[-1], +1)
        if missing:
            for part in parts:
                self._count(part, -1)
            return []
        return parts

    def _eligible(self, wanted: Wanted) -> Iterator[ReturnableLine]:
        for line in self._lines[wanted.customer_id, wanted.product_id]:
            if line.sold_at <= wanted.at and line.unit_price.currency == wanted.price.currency:
                yield line

    def _can_take(self, line: ReturnableLine, price: UnitPrice) -> int:
        units = self._units[line.order_id, line.item_id]
        money = self._money[line.order_id]
        if price.times(units) <= money:
            return units
        # Rounding down forgoes at most one unit, and only at prices finer than the minor unit.
        return min(units, int(money.amount / price.amount))

    def _count(self, part: Part, sign: int) -> None:
        self._units[part.order_id, part.item_id] -= sign * part.quantity
        left = self._money[part.order_id]
        self._money[part.order_id] = left - part.amount if sign > 0 else left + part.amount
