import csv
from pathlib import Path

import pytest

from orderwright.domain.value_objects.currency import CURRENCY_CODES, Currency, UnknownCurrency


@pytest.mark.parametrize(
    ("code", "exponent"), [("GBP", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)]
)
def test_a_currency_knows_the_decimals_of_its_minor_unit(code: str, exponent: int) -> None:
    assert Currency.of(code) == Currency(code, exponent)


@pytest.mark.parametrize("code", ["", "gbp", "GB", "POUND", "DEM", "XAU", "XTS", "XXX"])
def test_what_nothing_can_be_priced_in_is_no_currency(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        Currency.of(code)


def test_currencies_are_exactly_those_of_iso_4217_with_a_minor_unit(shared_data: Path) -> None:
    with (shared_data / "iso" / "currency-codes-all.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        current = {
            row["AlphabeticCode"]: int(row["MinorUnit"])
            for row in csv.DictReader(file)
            if not row["WithdrawalDate"] and row["MinorUnit"].isdigit()
        }

    assert {code: Currency.of(code).exponent for code in CURRENCY_CODES} == current
