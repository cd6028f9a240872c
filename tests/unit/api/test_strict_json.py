import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.api.problems import Refused
from orderwright.api.strict_json import DEPTH_MAX, INT64_MAX, parse

INT64 = st.integers(-INT64_MAX - 1, INT64_MAX)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | INT64 | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def refusal(body: bytes) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        parse(body)
    return refused.value.status_code, refused.value.problem.code


def test_a_price_of_30_10_stays_30_10() -> None:
    assert str(parse(b'{"price": 30.10}')["price"]) == "30.10"
    assert parse(b"[1e2, -0.0]") == [Decimal("1e2"), Decimal("-0.0")]
    assert isinstance(parse(b"1e2"), Decimal)


@given(DOCUMENTS)
def test_every_document_of_sane_values_is_read_as_it_was_written(document: Any) -> None:
    assert parse(json.dumps(document).encode()) == document
    assert parse(json.dumps(document, ensure_ascii=False).encode()) == document


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    with suppress(Refused):
        parse(body)


def test_whole_numbers_fit_64_bits() -> None:
    assert parse(b"[9223372036854775807, -9223372036854775808]") == [INT64_MAX, -INT64_MAX - 1]
    for beyond in (b"9223372036854775808", b"-9223372036854775809", b"1" + b"0" * 100_000):
        assert refusal(beyond) == (422, "number_out_of_range")


def test_decimals_are_of_human_length() -> None:
    assert parse(b"1e100") == Decimal("1e100")
    for beyond in (b"1e101", b"1e-101", b"1e999999999999", b"0." + b"1" * 63):
        assert refusal(beyond) == (422, "number_out_of_range")


def test_nesting_ends_at_32_levels() -> None:
    assert parse(b"[" * DEPTH_MAX + b"]" * DEPTH_MAX)
    deeper = DEPTH_MAX + 1
    assert refusal(b"[" * deeper + b"]" * deeper) == (422, "json_too_deep")
    assert refusal(b'{"a":' * deeper + b"1" + b"}" * deeper) == (422, "json_too_deep")
    assert refusal(b"[" * 1_000_000) == (422, "json_too_deep")


def test_levels_are_counted_among_any_number_of_shallow_values() -> None:
    shallow = b"{}," * 100

    assert parse(b"[" + shallow + b"1]") == [{}] * 100 + [1]
    assert refusal(b"[" + shallow + b"[" * 32 + b"]" * 33) == (422, "json_too_deep")
    assert refusal(b'["\\u0061",' + b"[" * 32 + b"]" * 33) == (422, "json_too_deep")


@pytest.mark.parametrize("text", [b"\\u0000", b"a\\u0000b", b"\\ud800", b"\\udc00\\ud800"])
def test_no_text_smuggles_in_what_a_database_cannot_keep(text: bytes) -> None:
    assert refusal(b'"' + text + b'"') == (422, "invalid_text")
    assert refusal(b'[{"' + text + b'":1}]') == (422, "invalid_text")


def test_a_character_may_come_as_the_pair_of_its_escapes() -> None:
    assert parse(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_doubled_members_are_refused_however_deep() -> None:
    assert refusal(b'[{"a": {"b": 1, "b": 1}}]') == (422, "duplicate_member")
    assert refusal(b'{"a": 1, "\\u0061": 2}') == (422, "duplicate_member")


def test_the_place_of_a_mistake_is_told_and_not_its_text() -> None:
    with pytest.raises(Refused) as refused:
        parse(b'{"password":\n hunter2}')

    assert refused.value.problem.detail == "the body is not JSON: line 2, column 2"
