import pytest

from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import (
    MINOR_MAX,
    AmountTooLarge,
    InvalidAmount,
    Money,
    UnitPrice,
)
from tests.builders import CLF, GBP, JPY, KWD


@pytest.mark.parametrize(
    ("text", "currency", "shown"),
    [
        ("2.55", GBP, "2.55"),
        ("2.5", GBP, "2.50"),
        ("0.001", GBP, "0.001"),
        ("0.0001", GBP, "0.0001"),
        ("120", JPY, "120"),
        ("0.5", JPY, "0.5"),
        ("1.5", KWD, "1.500"),
        ("3", CLF, "3.0000"),
        ("0", GBP, "0.00"),
    ],
)
def test_a_price_shows_its_currencys_decimals_and_up_to_four(
    text: str, currency: Currency, shown: str
) -> None:
    assert str(UnitPrice.parse(text, currency)) == shown


@pytest.mark.parametrize("text", ["-0.01", "0.00001", "NaN", "Infinity", "free", ""])
def test_what_cannot_be_a_price_is_refused(text: str) -> None:
    with pytest.raises(InvalidAmount):
        UnitPrice.parse(text, GBP)


@pytest.mark.parametrize("text", ["10000000000", "1e400"])
def test_a_price_beyond_the_bound_is_refused(text: str) -> None:
    with pytest.raises(AmountTooLarge):
        UnitPrice.parse(text, GBP)


def test_the_highest_price_is_fourteen_digits_of_ten_thousandths() -> None:
    assert UnitPrice.parse("9999999999.9999", GBP).ten_thousandths == MINOR_MAX


@pytest.mark.parametrize(
    ("price", "quantity", "currency", "total"),
    [
        ("2.55", 6, GBP, "15.30"),
        # Halves of a minor unit go to the even neighbour, whichever side it is on.
        ("0.005", 1, GBP, "0.00"),
        ("0.015", 1, GBP, "0.02"),
        ("0.025", 1, GBP, "0.02"),
        ("0.035", 1, GBP, "0.04"),
        ("0.0025", 2, GBP, "0.00"),
        ("0.0125", 2, GBP, "0.02"),
        # Just beside a half there is nothing to decide.
        ("0.0149", 1, GBP, "0.01"),
        ("0.0151", 1, GBP, "0.02"),
        ("0.0049", 1, GBP, "0.00"),
        ("0.0051", 1, GBP, "0.01"),
        ("0.5", 1, JPY, "0"),
        ("0.5", 3, JPY, "2"),
        ("2.5", 1, JPY, "2"),
        ("0.0005", 1, KWD, "0.000"),
        ("0.0015", 1, KWD, "0.002"),
        ("0.0001", 3, CLF, "0.0003"),
        ("0", 1_000_000, GBP, "0.00"),
    ],
)
def test_a_line_total_is_the_product_rounded_half_to_even(
    price: str, quantity: int, currency: Currency, total: str
) -> None:
    assert UnitPrice.parse(price, currency).times(quantity) == Money.parse(total, currency)


def test_a_line_total_beyond_the_bound_is_refused() -> None:
    dearest = UnitPrice(MINOR_MAX, GBP)

    assert str(dearest.times(99)) == "989999999999.99"
    with pytest.raises(AmountTooLarge):
        dearest.times(101)
