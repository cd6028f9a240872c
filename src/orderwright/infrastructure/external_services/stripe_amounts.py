"""Amounts as Stripe's API wants them: whole numbers, in units that are mostly those of ISO 4217.

Source: Stripe's page on supported currencies. What it leaves open is refused here, because a guess
would be wrong by a factor of a hundred: UGX, which the page lists with no decimals and with two, and
currencies of other than two decimals that it does not name.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money

_NO_DECIMALS: Final = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV"}
    | {"XAF", "XOF", "XPF"}
)
# Whole krónur, written with two decimals all the same.
_TWO_DECIMALS: Final = frozenset({"ISK"})
# The last digit has to be 0, for the card networks know only two decimals.
_THREE_DECIMALS: Final = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
_USUAL_DECIMALS: Final = 2


class AmountNotSupported(Exception):
    """Stripe cannot be asked for this amount."""


def stripe_amount(money: Money) -> int:
    """Exact, or refused.

    Raises: AmountNotSupported.
    """
    decimals = _decimals_of(money.currency)
    exact = Decimal(money.minor).scaleb(decimals - money.currency.exponent)
    amount = int(exact)
    if amount != exact or (money.currency.code in _THREE_DECIMALS and amount % 10):
        raise AmountNotSupported(f"{money.currency.code} is not charged so finely")
    return amount


def stripe_currency(money: Money) -> str:
    return money.currency.code.lower()


def _decimals_of(currency: Currency) -> int:
    if currency.code in _NO_DECIMALS:
        return 0
    if currency.code in _THREE_DECIMALS:
        return 3
    if currency.code in _TWO_DECIMALS or currency.exponent == _USUAL_DECIMALS:
        return _USUAL_DECIMALS
    raise AmountNotSupported(f"the unit of {currency.code} is not known for certain")
