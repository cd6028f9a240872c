"""Exact decimal arithmetic: the sums of a file of any size come out to its last decimal."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from functools import lru_cache
from typing import Final

# A sum of a billion values that `read_decimal` lets through fits with room.
EXACT: Final = Context(prec=80)
ZERO: Final = Decimal(0)
_WHOLE_DIGITS_MAX: Final = 15
_DECIMALS_MAX: Final = 15
# Decimal itself would also take 1_000, Infinity and the digits of other scripts.
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{0,40})?([eE][+-]?[0-9]{1,2})?")


@lru_cache(maxsize=8192)  # prices and quantities repeat themselves
def read_decimal(text: str, decimals: int | None = None) -> Decimal | None:
    """A plain number of bounded size, or None. Finer than `decimals` it is rounded to them, half to even:
    for columns that carry the noise of a float (9.80000019)."""
    if _NUMBER.fullmatch(text) is None:
        return None
    number = Decimal(text)
    if number.adjusted() >= _WHOLE_DIGITS_MAX:
        return None
    if decimals is not None and places(number) > decimals:
        number = number.quantize(Decimal(1).scaleb(-decimals), context=EXACT)
    return number if places(number) <= _DECIMALS_MAX else None


def places(number: Decimal) -> int:
    """How many decimals it is written with."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def plain(number: Decimal, decimals: int = 2) -> str:
    """The exact number as text, with at least `decimals` decimals and no zeros beyond them."""
    whole, _, fraction = f"{number:f}".partition(".")
    fraction = fraction.rstrip("0").ljust(decimals, "0")
    return f"{whole}.{fraction}" if fraction else whole
