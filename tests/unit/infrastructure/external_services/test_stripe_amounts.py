"""The unit of every currency, as Stripe counts it: an error here is wrong by a factor of a hundred."""

import pytest

from orderwright.domain.value_objects.currency import CURRENCY_CODES, Currency
from orderwright.domain.value_objects.money import Money
from orderwright.infrastructure.external_services.stripe_amounts import (
    AmountNotSupported,
    stripe_amount,
    stripe_currency,
)


def money(amount: str, code: str) -> Money:
    return Money.parse(amount, Currency.of(code))


@pytest.mark.parametrize(
    ("amount", "code", "asked"),
    [
        ("10.00", "USD", 1000),
        ("0.01", "GBP", 1),
        ("999999999999.99", "EUR", 99_999_999_999_999),
        ("500", "JPY", 500),
        ("1", "KRW", 1),
        ("5", "ISK", 500),
        ("7.00", "MGA", 7),
        ("12.30", "HUF", 1230),
        ("5.120", "KWD", 5120),
        ("0.010", "BHD", 10),
    ],
)
def test_an_amount_is_a_whole_number_of_the_unit_that_stripe_counts_in(
    amount: str, code: str, asked: int
) -> None:
    assert stripe_amount(money(amount, code)) == asked
    assert stripe_currency(money(amount, code)) == code.lower()


@pytest.mark.parametrize(("amount", "code"), [("5.124", "KWD"), ("0.001", "TND"), ("7.50", "MGA")])
def test_an_amount_finer_than_what_is_charged_is_refused_and_not_rounded(
    amount: str, code: str
) -> None:
    with pytest.raises(AmountNotSupported):
        stripe_amount(money(amount, code))


def test_a_currency_whose_unit_is_not_certain_is_refused() -> None:
    refused = []
    for code in CURRENCY_CODES:
        try:
            stripe_amount(money("100", code))
        except AmountNotSupported:
            refused.append(code)

    assert refused == ["CLF", "IQD", "LYD", "UGX", "UYI", "UYW"]
