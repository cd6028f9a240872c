from decimal import Decimal

import pytest

from orderwright.application.importing.numbers import plain, read_decimal


@pytest.mark.parametrize(
    ("text", "number"),
    [("2.55", "2.55"), ("-12", "-12"), ("+3.", "3"), ("1e2", "100"), ("0.001", "0.001")],
)
def test_plain_numbers_are_read_exactly(text: str, number: str) -> None:
    assert read_decimal(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", " ", "x", "1_000", "1,5", "NaN", "Infinity", "-", "٣", "1" * 16, "1e99", "0." + "1" * 16],
)
def test_what_is_no_plain_number_of_bounded_size_is_none(text: str) -> None:
    assert read_decimal(text) is None


@pytest.mark.parametrize(
    ("text", "decimals", "number"),
    [
        ("9.80000019", 4, "9.8"),
        ("0.150000006", 4, "0.15"),
        ("0.125", 2, "0.12"),
        ("0.135", 2, "0.14"),
        ("7", 2, "7"),
    ],
)
def test_float_noise_is_rounded_away_half_to_even(text: str, decimals: int, number: str) -> None:
    assert read_decimal(text, decimals) == Decimal(number)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("748957.02", "748957.02"),
        ("493207.121", "493207.121"),
        ("10", "10.00"),
        ("-0.5", "-0.50"),
        ("1E+3", "1000.00"),
        ("1.2300", "1.23"),
    ],
)
def test_an_amount_is_told_with_its_last_decimal_and_none_beyond(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text
