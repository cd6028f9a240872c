from orderwright.application.services.api_key_text import (
    is_api_key,
    key_text,
    lookup_and_secret,
    new_lookup,
)
from orderwright.infrastructure.security.secret_hashes import HmacSecrets
from orderwright.infrastructure.system.ids import TimeOrderedIds


def test_a_secret_matches_its_own_hash_only_and_only_under_its_key() -> None:
    mine, other = HmacSecrets("k" * 32), HmacSecrets("l" * 32)

    known = mine.hash("secret")

    assert mine.matches("secret", known)
    assert not mine.matches("Secret", known)
    assert not other.matches("secret", known)
    assert "secret" not in known
    assert len(known) == 64


def test_a_key_is_taken_apart_as_it_was_put_together() -> None:
    ids = TimeOrderedIds()

    for _ in range(200):  # secrets may have `_` and `-` in them
        lookup, secret = new_lookup(ids), ids.secret()
        assert lookup_and_secret(key_text(lookup, secret)) == (lookup, secret)


def test_what_is_no_key_finds_nothing_and_does_no_harm() -> None:
    for text in ("", "ow_", "ow__", "ow_abc", "eyJhbGciOi", "ow_é_\0"):
        lookup, secret = lookup_and_secret(text)
        assert isinstance(lookup, str)
        assert isinstance(secret, str)
    assert is_api_key("ow_abc")
    assert not is_api_key("eyJhbGciOi")
