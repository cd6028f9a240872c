from dataclasses import FrozenInstanceError
from decimal import Decimal
from operator import add, ge, gt, le, lt, sub
from typing import Any

import pytest

from orderwright.domain.errors import Rejected
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import (
    MINOR_MAX,
    AmountTooLarge,
    CurrencyMismatch,
    InvalidAmount,
    Money,
    total_of,
)
from tests.builders import CLF, EUR, GBP, JPY, KWD, gbp


@pytest.mark.parametrize(
    ("text", "currency", "minor", "shown"),
    [
        ("30.50", GBP, 3050, "30.50"),
        ("30.5", GBP, 3050, "30.50"),
        ("30", GBP, 3000, "30.00"),
        ("-0.01", GBP, -1, "-0.01"),
        ("+7.10", GBP, 710, "7.10"),
        ("-0", GBP, 0, "0.00"),
        ("3.05e1", GBP, 3050, "30.50"),
        (".5", GBP, 50, "0.50"),
        ("5.", GBP, 500, "5.00"),
        ("1.000", GBP, 100, "1.00"),
        ("0." + "0" * 100, GBP, 0, "0.00"),
        ("1200", JPY, 1200, "1200"),
        ("1.234", KWD, 1234, "1.234"),
        ("0.0001", CLF, 1, "0.0001"),
    ],
)
def test_an_amount_is_read_exactly(text: str, currency: Currency, minor: int, shown: str) -> None:
    money = Money.parse(text, currency)

    assert money == Money(minor, currency)
    assert str(money) == shown


@pytest.mark.parametrize("number", [12, Decimal("12.00")])
def test_whole_numbers_and_decimals_are_read_too(number: Any) -> None:
    assert Money.parse(number, GBP) == Money(1200, GBP)


@pytest.mark.parametrize(
    "text",
    ["", " ", "ten", "12,50", "£5", "--1", "1.2.3", "0x10", "1e", "NaN", "sNaN", "-Infinity"],
)
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidAmount):
        Money.parse(text, GBP)


@pytest.mark.parametrize("text", ["1_000", "1_", " 30.50", "30.50\n", "٣٠"])
def test_what_only_python_takes_for_a_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidAmount):
        Money.parse(text, GBP)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("0.001", GBP),
        ("0.5", JPY),
        ("0.0001", KWD),
        ("0.00001", CLF),
        ("1e-9", GBP),
        # More digits than a decimal context holds, or a smaller number: rounded, these would pass.
        ("1." + "0" * 80 + "1", GBP),
        ("1e-1000100", GBP),
        ("1e-99999999999999999999", GBP),
    ],
)
def test_more_decimals_than_the_currency_has_are_refused(text: str, currency: Currency) -> None:
    with pytest.raises(InvalidAmount):
        Money.parse(text, currency)


def test_the_largest_amount_is_fourteen_digits_of_minor_units() -> None:
    assert str(Money.parse("999999999999.99", GBP)) == "999999999999.99"
    assert str(Money.parse("-99999999999999", JPY)) == "-99999999999999"


@pytest.mark.parametrize(
    "text", ["1000000000000.00", "-1000000000000", "1e400", "1e999999", "9" * 5000]
)
def test_a_larger_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountTooLarge):
        Money.parse(text, GBP)


def test_no_sum_and_no_difference_leaves_the_bounds() -> None:
    most, penny = Money(MINOR_MAX, GBP), Money(1, GBP)

    with pytest.raises(AmountTooLarge):
        most + penny
    with pytest.raises(AmountTooLarge):
        -most - penny


def test_amounts_of_one_currency_add_subtract_and_compare() -> None:
    assert gbp("1.10") + gbp("2.20") == gbp("3.30")
    assert gbp("1.10") - gbp("2.20") == gbp("-1.10")
    assert -gbp("1.10") == gbp("-1.10")
    assert gbp("1.10") < gbp("2.20") <= gbp("2.20")
    assert gbp("2.20") > gbp("1.10") >= gbp("1.10")
    assert not gbp("1.10") >= gbp("2.20")
    assert not gbp("2.20") < gbp("2.20")


@pytest.mark.parametrize("combine", [add, sub, lt, le, gt, ge])
def test_amounts_of_two_currencies_do_not_mix(combine: Any) -> None:
    with pytest.raises(CurrencyMismatch, match=r"GBP|EUR"):
        combine(gbp("1.00"), Money.parse("1.00", EUR))


def test_equal_numbers_of_two_currencies_are_not_equal() -> None:
    assert Money(100, GBP) != Money(100, EUR)


def test_only_nothing_is_false() -> None:
    assert not Money.zero(GBP)
    assert gbp("0.01")
    assert gbp("-0.01")


def test_money_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        gbp("1.00").minor = 200  # type: ignore[misc]


def test_an_amount_is_a_decimal_and_never_a_float() -> None:
    amount = Money(3050, GBP).amount

    assert isinstance(amount, Decimal)
    assert amount == Decimal("30.50")


def test_a_total_is_the_sum_in_the_currency_asked_for() -> None:
    assert total_of([gbp("1.10"), gbp("-0.10"), gbp("2.00")], GBP) == gbp("3.00")
    assert total_of([], JPY) == Money.zero(JPY)
    with pytest.raises(CurrencyMismatch):
        total_of([gbp("1.00")], EUR)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("1.004", GBP, "1.00"),
        ("1.005", GBP, "1.00"),
        ("1.0050000000000000000000000000000000000001", GBP, "1.01"),
        ("1.015", GBP, "1.02"),
        ("-1.005", GBP, "-1.00"),
        ("-1.015", GBP, "-1.02"),
        ("0.5", JPY, "0"),
        ("1.5", JPY, "2"),
        ("0.0005", KWD, "0.000"),
        ("1e-1000000", GBP, "0.00"),
    ],
)
def test_an_amount_that_is_no_minor_unit_goes_to_the_nearest_and_of_two_to_the_even_one(
    amount: str, currency: Currency, rounded: str
) -> None:
    assert str(Money.rounded(Decimal(amount), currency)) == rounded


@pytest.mark.parametrize("amount", ["999999999999.995", "-1e15", "1e80", "1e999999"])
def test_an_amount_that_is_too_large_is_too_large_to_round(amount: str) -> None:
    with pytest.raises(AmountTooLarge):
        Money.rounded(Decimal(amount), GBP)


def test_refusals_are_the_callers_fault_and_have_stable_codes() -> None:
    kinds: list[type[Rejected]] = [InvalidAmount, AmountTooLarge, CurrencyMismatch]

    assert [kind.code for kind in kinds] == [
        "invalid_amount",
        "amount_too_large",
        "currency_mismatch",
    ]
