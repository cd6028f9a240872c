"""What holds for every amount, price and quantity: tried on many, the extremes among them."""

from decimal import Decimal
from fractions import Fraction
from typing import Final

from hypothesis import assume, example, given
from hypothesis import strategies as st

from orderwright.domain.entities.order_parts import QUANTITY_MAX
from orderwright.domain.value_objects.currency import CURRENCY_CODES, Currency
from orderwright.domain.value_objects.money import (
    MINOR_MAX,
    AmountTooLarge,
    InvalidAmount,
    Money,
    UnitPrice,
    total_of,
)
from tests.builders import GBP, JPY

CURRENCIES: Final = st.sampled_from(CURRENCY_CODES).map(Currency.of)
MINORS: Final = st.integers(-MINOR_MAX, MINOR_MAX)
SMALL_MINORS: Final = st.integers(-(10**12), 10**12)  # whose sums stay inside the bound
PRICES: Final = st.builds(UnitPrice, st.integers(0, MINOR_MAX), CURRENCIES)
QUANTITIES: Final = st.integers(1, QUANTITY_MAX)
# Characters that numbers are made of, in any order.
NUMBERLIKE: Final = st.text("0123456789.+-eE_ \nNaInfity٣", max_size=40) | st.from_regex(
    r"[+-]?[0-9]{1,30}(\.[0-9]{0,90})?(e[+-]?[0-9]{1,3})?", fullmatch=True
)


@given(MINORS, CURRENCIES)
def test_what_an_amount_shows_reads_back_as_itself(minor: int, currency: Currency) -> None:
    money = Money(minor, currency)

    assert Money.parse(str(money), currency) == money
    assert Money.parse(money.amount, currency) == money


@given(PRICES)
def test_what_a_price_shows_reads_back_as_itself(price: UnitPrice) -> None:
    assert UnitPrice.parse(str(price), price.currency) == price
    assert UnitPrice.parse(price.amount, price.currency) == price


@given(NUMBERLIKE)
@example("1." + "0" * 80 + "1")
@example("1e-1000100")
@example("0_")
def test_an_amount_is_read_exactly_or_not_at_all(text: str) -> None:
    try:
        money = Money.parse(text, GBP)
    except (InvalidAmount, AmountTooLarge):
        return

    assert Fraction(money.minor, 100) == Fraction(text)


@given(SMALL_MINORS, SMALL_MINORS, SMALL_MINORS)
def test_adding_is_adding_of_whole_numbers(first: int, second: int, third: int) -> None:
    a, b, c = Money(first, GBP), Money(second, GBP), Money(third, GBP)

    assert a + b == b + a
    assert (a + b) + c == a + (b + c) == Money(first + second + third, GBP)
    assert a + Money.zero(GBP) == a
    assert a - b == a + -b
    assert (a - b) + b == a
    assert Money.zero(GBP) - a == -a


@given(st.lists(SMALL_MINORS, max_size=20), st.randoms(use_true_random=False))
def test_a_total_does_not_depend_on_the_order_of_its_parts(
    minors: list[int], random: object
) -> None:
    amounts = [Money(minor, GBP) for minor in minors]
    shuffled = sorted(amounts, key=lambda _: random.random())  # type: ignore[attr-defined]

    assert total_of(amounts, GBP) == total_of(shuffled, GBP) == Money(sum(minors), GBP)


@given(MINORS, MINORS)
def test_amounts_compare_as_their_numbers_do(first: int, second: int) -> None:
    a, b = Money(first, JPY), Money(second, JPY)

    assert (a < b, a <= b, a > b, a >= b, a == b) == (
        first < second,
        first <= second,
        first > second,
        first >= second,
        first == second,
    )


@given(PRICES, QUANTITIES)
@example(UnitPrice(50, GBP), 1)  # halves, of which random products have few
@example(UnitPrice(150, GBP), 1)
@example(UnitPrice(5000, JPY), 3)
def test_a_line_total_is_the_nearest_minor_unit_and_of_two_the_even_one(
    price: UnitPrice, quantity: int
) -> None:
    exact = Fraction(price.ten_thousandths * quantity, 10 ** (4 - price.currency.exponent))
    assume(exact <= MINOR_MAX)

    total = price.times(quantity).minor

    distance = abs(total - exact)
    assert distance <= Fraction(1, 2)
    assert distance < Fraction(1, 2) or total % 2 == 0


@given(st.decimals(-(10**9), 10**9, places=8) | st.decimals(-10, 10), CURRENCIES)
@example(Decimal("1.005"), GBP)
def test_rounding_goes_to_the_nearest_minor_unit_and_of_two_to_the_even_one(
    amount: Decimal, currency: Currency
) -> None:
    minor = Money.rounded(amount, currency).minor

    distance = abs(minor - Fraction(amount) * 10**currency.exponent)
    assert distance <= Fraction(1, 2)
    assert distance < Fraction(1, 2) or minor % 2 == 0


@given(st.integers(0, 10**7), QUANTITIES, st.sampled_from(["GBP", "JPY", "KWD"]))
def test_halves_go_to_the_even_neighbour(whole: int, quantity: int, code: str) -> None:
    currency = Currency.of(code)
    scale: int = 10 ** (4 - currency.exponent)
    half = UnitPrice(whole * scale + scale // 2, currency)

    assert half.times(1).minor == whole + whole % 2
    # An even number of halves is whole: nothing is rounded, nothing lost.
    assert half.times(2 * quantity).minor == (2 * whole + 1) * quantity


@given(st.integers(0, 10**8), QUANTITIES, QUANTITIES, CURRENCIES)
def test_a_line_split_in_two_costs_the_same_to_within_a_minor_unit(
    ten_thousandths: int, first: int, second: int, currency: Currency
) -> None:
    price = UnitPrice(ten_thousandths, currency)
    assume(ten_thousandths * (first + second) <= MINOR_MAX)

    apart = price.times(first) + price.times(second)

    assert abs(apart.minor - price.times(first + second).minor) <= 1


@given(PRICES, QUANTITIES, QUANTITIES)
def test_more_pieces_never_cost_less(price: UnitPrice, few: int, more: int) -> None:
    few, more = sorted((few, more))
    assume(price.ten_thousandths * more <= MINOR_MAX)

    assert price.times(few) <= price.times(more)
