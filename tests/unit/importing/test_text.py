import pytest

from orderwright.application.importing.text import clean, clipped


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" MUG ", "MUG"),
        ("Cafe\u0301", "Café"),
        ("a\tb", "a b"),
        ("\u00a0x\x07", "x"),
        ("£10", "£10"),
    ],
)
def test_text_is_composed_trimmed_and_free_of_control_characters(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_text_that_is_too_long_ends_in_a_mark() -> None:
    assert clipped("abcdef", 6) == "abcdef"
    assert clipped("abcdefg", 6) == "abcde…"
