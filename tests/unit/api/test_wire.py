from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from orderwright.api.wire.body import METADATA_BYTES_MAX, Metadata
from orderwright.api.wire.numbers import Amount
from orderwright.api.wire.order_list import Moment
from orderwright.api.wire.orders import PlaceOrderBody
from orderwright.api.wire.text import Channel, Email, Name, Notes

ORDER = {"customer_id": 1, "items": [{"product_id": 1, "quantity": 1}]}


def accepted(kind: Any, value: object) -> Any:
    return TypeAdapter(kind).validate_python(value)


def code_of_refusal(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as refused:
        accepted(kind, value)
    return refused.value.errors()[0]["type"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("30.10", "30.10"),
        (Decimal("30.10"), "30.10"),
        (7, "7"),
        ("-0.5", "-0.5"),
        (Decimal("1e2"), "100"),
        (Decimal("1e-4"), "0.0001"),
    ],
)
def test_an_amount_is_a_plain_decimal(written: object, read: str) -> None:
    assert accepted(Amount, written) == read


@pytest.mark.parametrize(
    "written",
    ["", "1,5", "1_0", " 1", "1 ", "+1", "1e3", ".5", "5.", "NaN", "Infinity", "0x10", "\u0661",
     "1" * 31, True, None, 1.5, [], Decimal("1e90")],
)  # fmt: skip
def test_what_only_a_lenient_reader_takes_for_an_amount_is_refused(written: object) -> None:
    assert code_of_refusal(Amount, written) == "invalid_amount"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9)))
def test_an_amount_loses_nothing_on_its_way_in(amount: Decimal) -> None:
    try:
        read = accepted(Amount, amount)
    except ValidationError:
        assert abs(amount) >= 10**30
    else:
        assert Decimal(read) == amount


def test_text_is_composed_before_it_is_measured() -> None:
    assert accepted(Name, "e\u0301" * 200) == "\u00e9" * 200
    assert code_of_refusal(Name, "e\u0301" * 201) == "string_too_long"


def test_control_characters_are_refused_and_line_breaks_only_allowed_in_notes() -> None:
    forbidden = [chr(number) for number in (*range(32), *range(127, 160), 0x2028, 0x2029)]

    for character in forbidden:
        assert code_of_refusal(Name, f"a{character}b") == "control_character"
        if character not in "\n\r":
            assert code_of_refusal(Notes, f"a{character}b") == "control_character"
    assert accepted(Notes, "a\r\nb") == "a\r\nb"


def test_a_name_says_something() -> None:
    for nothing in ("", " ", "\u3000"):
        assert code_of_refusal(Name, nothing) in ("blank", "string_too_short")


@pytest.mark.parametrize("address", ["a", "@", "a@", "@b", "a b@c", "a@b@c", "a@" + "b" * 320])
def test_what_cannot_be_an_address_is_refused(address: str) -> None:
    assert code_of_refusal(Email, address) in ("string_pattern_mismatch", "string_too_long")


def test_a_channel_has_at_most_fifty_characters() -> None:
    assert accepted(Channel, "w" * 50)
    assert code_of_refusal(Channel, "w" * 51) == "string_too_long"


def test_metadata_is_kept_as_it_will_come_back() -> None:
    told = {"a": Decimal("2.5"), "b": [1, None, {"c": True}]}

    assert accepted(Metadata, told) == {"a": 2.5, "b": [1, None, {"c": True}]}
    assert isinstance(accepted(Metadata, told)["a"], float)
    assert code_of_refusal(Metadata, {"a": Decimal("0.1000000000000000000001")}) == "inexact_number"
    assert code_of_refusal(Metadata, {"a": "x" * METADATA_BYTES_MAX}) == "too_large"


def test_a_moment_without_an_offset_is_utc() -> None:
    assert accepted(Moment, "2026-01-01T10:00:00").isoformat() == "2026-01-01T10:00:00+00:00"
    assert accepted(Moment, "2026-01-01T10:00:00+02:00").isoformat() == "2026-01-01T08:00:00+00:00"
    assert code_of_refusal(Moment, "9999-12-31T23:59:59-01:00") == "out_of_range"


@pytest.mark.parametrize(
    "changed",
    [
        {"customer_id": "1"},
        {"customer_id": True},
        {"customer_id": Decimal("1.0")},
        {"customer_id": 0},
        {"items": []},
        {"items": [ORDER["items"][0]] * 101},  # type: ignore[index]
        {"items": [{"product_id": 1, "quantity": 1_000_001}]},
        {"adjustments": [{"kind": "gift", "label": "x", "amount": "1"}]},
        {"adjustments": [{"kind": "fee", "label": "x", "amount": "1"}] * 51},
        {"notes": "x" * 501},
        {"payment": "tok"},
        {"shipping_address": {"planet": "Mars"}},
        {"shipping_address": {"country": "gb"}},
        {"status": "delivered"},
        {"total": "0.01"},
    ],
)
def test_an_order_of_another_shape_is_refused(changed: dict[str, object]) -> None:
    assert accepted(PlaceOrderBody, ORDER)
    with pytest.raises(ValidationError):
        accepted(PlaceOrderBody, ORDER | changed)
