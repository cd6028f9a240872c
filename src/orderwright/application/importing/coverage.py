"""Which earlier sales a cancellation can take its goods back from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orderwright.domain.interfaces.history import ReturnableLine
from orderwright.domain.value_objects.money import Money, UnitPrice


@dataclass(frozen=True, slots=True)
class Part:
    """So many units of one line of an order, and the money that goes back for them."""

    order_id: int
    item_id: int
    quantity: int
    amount: Money


class Coverage:
    """What is left to return, and the money to give back for it, while the lines of one
    cancellation take from it one after another."""

    def __init__(self, lines: Iterable[ReturnableLine]) -> None:
        self._lines: dict[int, list[ReturnableLine]] = defaultdict(list)
        self._units: dict[tuple[int, int], int] = {}
        self._money: dict[int, Money] = {}
        for line in lines:
            self._lines[line.product_id].append(line)
            self._units[line.order_id, line.item_id] = line.quantity
            self._money[line.order_id] = line.refundable

    def left(self, product_id: int) -> int:
        return sum(self._units[each.order_id, each.item_id] for each in self._lines[product_id])

    def take(self, product_id: int, quantity: int, price: UnitPrice) -> Sequence[Part]:
        """All of `quantity`, from sales at this price first and the most recent first; or nothing
        when the sales together do not have as many units, or not the money for them."""
        parts: list[Part] = []
        missing = quantity
        for line in self._in_order(product_id, price):
            units = min(missing, self._can_take(line, price))
            if units:
                parts.append(Part(line.order_id, line.item_id, units, price.times(units)))
                missing -= units
                self._count(parts[-1], +1)
        if missing:
            for part in parts:
                self._count(part, -1)
            return []
        return parts

    def _in_order(self, product_id: int, price: UnitPrice) -> list[ReturnableLine]:
        lines = [
            line for line in self._lines[product_id] if line.unit_price.currency == price.currency
        ]
        return sorted(lines, key=lambda line: line.unit_price != price)

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
