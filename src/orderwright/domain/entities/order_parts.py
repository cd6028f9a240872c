"""The parts of an order: its lines and the amounts beside them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from orderwright.domain.errors import Conflict, NotFound, Rejected
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money, UnitPrice

QUANTITY_MAX: Final = 1_000_000  # per line: a bound that keeps every counter far inside 64 bits


class LineNotFound(NotFound):
    code = "line_not_found"


class InvalidQuantity(Rejected):
    code = "invalid_quantity"


class DuplicateLine(Rejected):
    code = "duplicate_line"


class NothingLeftToShip(Conflict):
    code = "nothing_left_to_ship"


class ReturnExceedsShipped(Conflict):
    code = "return_exceeds_shipped"


class LineAlreadyRefunded(Conflict):
    code = "line_already_refunded"


def checked_quantity(quantity: int) -> int:
    """Raises: InvalidQuantity."""
    if not 1 <= quantity <= QUANTITY_MAX:
        raise InvalidQuantity(f"a quantity is between 1 and {QUANTITY_MAX}")
    return quantity


@dataclass(kw_only=True, eq=False)
class OrderItem:
    """One line, a snapshot: `sku`, `name` and `unit_price` are what was agreed at placement.

    `id` is the line's number in its order, from 1. Always `returned <= shipped <= quantity`, and
    `refunded <= quantity`: the units that refunds name which have not failed.
    """

    id: int
    product_id: int
    sku: str
    name: str
    quantity: int
    unit_price: UnitPrice
    line_total: Money
    currency: Currency
    track_inventory: bool
    shipped: int = 0
    returned: int = 0
    refunded: int = 0

    @classmethod
    def of(
        cls,
        *,
        number: int,
        product_id: int,
        sku: str,
        name: str,
        quantity: int,
        unit_price: UnitPrice,
        track_inventory: bool,
    ) -> OrderItem:
        """Raises: InvalidQuantity, AmountTooLarge."""
        return cls(
            id=number,
            product_id=product_id,
            sku=sku,
            name=name,
            quantity=checked_quantity(quantity),
            unit_price=unit_price,
            line_total=unit_price.times(quantity),
            currency=unit_price.currency,
            track_inventory=track_inventory,
        )

    @property
    def unshipped(self) -> int:
        return self.quantity - self.shipped

    @property
    def unrefunded(self) -> int:
        return self.quantity - self.refunded

    def ship(self, quantity: int) -> None:
        if quantity < 1:
            raise InvalidQuantity("a quantity is at least 1")
        if quantity > self.unshipped:
            raise NothingLeftToShip(f"line {self.id} has {self.unshipped} left to ship")
        self.shipped += quantity

    def take_back(self, quantity: int) -> None:
        if quantity < 1:
            raise InvalidQuantity("a quantity is at least 1")
        if self.returned + quantity > self.shipped:
            left = self.shipped - self.returned
            raise ReturnExceedsShipped(f"line {self.id} has {left} that can come back")
        self.returned += quantity

    def check_refund(self, quantity: int) -> None:
        if quantity > self.unrefunded:
            raise LineAlreadyRefunded(f"line {self.id} has {self.unrefunded} units left to refund")

    def refund(self, quantity: int) -> None:
        self.check_refund(quantity)
        self.refunded += quantity


class AdjustmentKind(StrEnum):
    SHIPPING = "shipping"
    TAX = "tax"
    DISCOUNT = "discount"
    FEE = "fee"


@dataclass(kw_only=True, eq=False)
class Adjustment:
    """A signed amount beside the lines, decided by the channel at placement."""

    kind: AdjustmentKind
    label: str
    amount: Money
    currency: Currency
    position: int = 0

    @classmethod
    def of(cls, *, position: int, kind: AdjustmentKind, label: str, amount: Money) -> Adjustment:
        return cls(
            position=position, kind=kind, label=label, amount=amount, currency=amount.currency
        )
