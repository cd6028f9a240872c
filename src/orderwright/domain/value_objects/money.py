"""Exact money. An amount is a whole number of minor units; a unit price has four decimals more than
none. Neither is ever a float, and both are bounded so that every sum fits 64 bits with room."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, Inexact, InvalidOperation, localcontext
from typing import Final

from orderwright.domain.errors import Rejected
from orderwright.domain.value_objects.currency import Currency

# Fourteen digits: exact in any client's double, and 90,000 such amounts still sum within int64, even
# when they are scaled to four decimals for sorting across currencies.
MINOR_MAX: Final = 10**14 - 1
PRICE_DECIMALS: Final = 4
_DIGITS_MAX: Final = 20  # beyond any bound here: refused before 10^999999 costs anything
PRICE_SCALE: Final = 10**PRICE_DECIMALS
# Python reads more as a number than anybody means: underscores, blanks, digits of other scripts.
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class InvalidAmount(Rejected):
    code = "invalid_amount"


class AmountTooLarge(Rejected):
    code = "amount_too_large"


class CurrencyMismatch(Rejected):
    code = "currency_mismatch"


def _parse_decimal(text: str | Decimal | int) -> Decimal:
    if isinstance(text, str) and not _NUMBER.fullmatch(text):
        raise InvalidAmount("an amount is a decimal number such as 30.50")
    try:
        amount = Decimal(text)
    except InvalidOperation as error:  # an exponent beyond any that Decimal has
        raise InvalidAmount("an amount is a decimal number such as 30.50") from error
    if not amount.is_finite():
        raise InvalidAmount("an amount is a finite decimal number")
    return amount


def _scaled(amount: Decimal, decimals: int) -> int:
    """`amount` in units of 10^-decimals.

    Raises:
        InvalidAmount: it has more decimals than that.
        AmountTooLarge: it is beyond the bound.
    """
    if amount.adjusted() > _DIGITS_MAX:
        raise AmountTooLarge("the amount is too large")
    with localcontext() as exactly:
        # Else even moving the point rounds in silence, when there are more digits than fit.
        exactly.traps[Inexact] = True
        try:
            scaled = amount.scaleb(decimals).to_integral_exact()
        except Inexact:
            raise InvalidAmount(f"the amount has more than {decimals} decimals") from None
    if abs(scaled) > MINOR_MAX:
        raise AmountTooLarge("the amount is too large")
    return int(scaled)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """A signed amount in the minor unit of its currency (ISO 4217): `Money(3050, GBP)` is £30.50."""

    minor: int
    currency: Currency

    def __post_init__(self) -> None:
        if abs(self.minor) > MINOR_MAX:
            raise AmountTooLarge("the amount is too large")

    @classmethod
    def parse(cls, amount: str | Decimal | int, currency: Currency) -> Money:
        """The exact amount; nothing is rounded.

        Raises:
            InvalidAmount: not a finite number, or finer than the currency's minor unit.
            AmountTooLarge: beyond `MINOR_MAX`.
        """
        return cls(_scaled(_parse_decimal(amount), currency.exponent), currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: Currency) -> Money:
        """The nearest minor unit, half to even.

        Raises:
            AmountTooLarge: beyond `MINOR_MAX`.
        """
        if amount.adjusted() > _DIGITS_MAX:
            raise AmountTooLarge("the amount is too large")
        minor_unit = Decimal(1).scaleb(-currency.exponent)
        return cls.parse(amount.quantize(minor_unit, rounding=ROUND_HALF_EVEN), currency)

    @classmethod
    def zero(cls, currency: Currency) -> Money:
        return cls(0, currency)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.minor).scaleb(-self.currency.exponent)

    def __add__(self, other: Money) -> Money:
        self._share_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._share_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._share_currency(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._share_currency(other)
        return self.minor <= other.minor

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return with_point(self.minor, self.currency.exponent)

    def _share_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(
                f"cannot combine {self.currency.code} with {other.currency.code}"
            )


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What one piece costs, never negative, in ten-thousandths of the currency's major unit."""

    ten_thousandths: int
    currency: Currency

    def __post_init__(self) -> None:
        if self.ten_thousandths < 0:
            raise InvalidAmount("a price is not negative")
        if self.ten_thousandths > MINOR_MAX:
            raise AmountTooLarge("the price is too large")

    @classmethod
    def parse(cls, amount: str | Decimal | int, currency: Currency) -> UnitPrice:
        """Raises: InvalidAmount, AmountTooLarge (as `Money.parse`, with four decimals allowed)."""
        return cls(_scaled(_parse_decimal(amount), PRICE_DECIMALS), currency)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.ten_thousandths).scaleb(-PRICE_DECIMALS)

    def times(self, quantity: int) -> Money:
        """The line total: exact product, rounded half-even to the currency's minor unit."""
        scale = 10 ** (PRICE_DECIMALS - self.currency.exponent)
        quotient, remainder = divmod(self.ten_thousandths * quantity, scale)
        up = remainder * 2 > scale or (remainder * 2 == scale and quotient % 2 == 1)
        return Money(quotient + up, self.currency)

    def __str__(self) -> str:
        """At least the currency's decimals, at most four: `2.55`, `0.001`."""
        whole, _, fraction = with_point(self.ten_thousandths, PRICE_DECIMALS).partition(".")
        kept = fraction.rstrip("0").ljust(self.currency.exponent, "0")
        return f"{whole}.{kept}" if kept else whole


def with_point(number: int, decimals: int) -> str:
    """`number` of 10^-decimals, as a decimal: each answer shows many of them."""
    digits = str(abs(number)).rjust(decimals + 1, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else sign + digits


def total_of(amounts: list[Money], currency: Currency) -> Money:
    """The sum in `currency`.

    Raises:
        CurrencyMismatch: one of them is in another.
        AmountTooLarge: the sum is; what it passes on the way does not matter.
    """
    if any(amount.currency != currency for amount in amounts):
        raise CurrencyMismatch(f"not all of these amounts are in {currency.code}")
    return Money(sum(amount.minor for amount in amounts), currency)
