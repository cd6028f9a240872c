"""Keeps secrets and personal data out of the log, and clients from writing lines of their own."""

import re
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any

REDACTED = "[redacted]"
# Longer values are cut: a line is for reading, and scanning a megabyte for secrets costs time.
TEXT_CHARS_MAX = 4_000
TRACEBACK_CHARS_MAX = 20_000
# Nobody logs deeper than this on purpose; a structure that refers to itself would never end.
DEPTH_MAX = 6

_SECRET_WORDS = frozenset(
    [
        "address",
        "authorization",
        "cookie",
        "credentials",
        "dsn",
        "email",
        "mail",
        "passphrase",
        "password",
        "passwd",
        "pwd",
        "secret",
        "token",
    ]
)
_SECRET_ENDINGS = ("api_key", "apikey", "private_key", "secret_key", "recovery_code")

# Every alternative starts at a literal or is bounded, so that no text makes it slow.
_SECRET_TEXT = re.compile(
    r"(?P<scheme>\b(?:bearer|basic)\s{1,4})[\w.~+/=-]{8,}"
    r"|(?P<user>://[^\s:/@]{0,64}:)[^\s@/]{1,256}(?=@)"
    # `api_key:7` is nobody's key but the name of an actor.
    r"|(?P<name>\b(?!api_key:\d{1,19}\b)[a-z_]{0,32}(?:password|passwd|secret|token|api_key)[\"']?\s{0,2}[=:]\s{0,2}[\"']?)"
    r"[^\s&\"',;]+"
    r"|\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*"
    r"|\bow_[A-Za-z0-9_-]{8,}"
    r"|(?<![\w.%+-])[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}",
    re.IGNORECASE,
)
# Each of them needs a sign that is not among these, or begins as tokens do. Most of what is logged has
# no other.
_HARMLESS = re.compile(r"(?:(?!eyj)[a-z0-9/.-]){0,64}", re.IGNORECASE | re.ASCII)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_TRACEBACK_KEYS = ("exception", "stack")


def redact(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """structlog processor: must come after whatever turns exceptions into text."""
    return {_clean_key(key): _clean_member(key, value) for key, value in event.items()}


def _clean_member(key: str, value: object) -> object:
    if key in _TRACEBACK_KEYS and isinstance(value, str):
        return _clean_traceback(value)
    return _clean(key, value, DEPTH_MAX)


def _clean(key: str, value: object, depth: int) -> object:
    if names_a_secret(key) and value is not None:
        return REDACTED
    if isinstance(value, str):
        return clean_text(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth and isinstance(value, Mapping):
        return {_clean_key(str(k)): _clean(str(k), v, depth - 1) for k, v in value.items()}
    if depth and isinstance(value, list | tuple | set | frozenset):
        return [_clean("", item, depth - 1) for item in value]
    return clean_text(str(value))


def _clean_key(key: str) -> str:
    return key if key.isidentifier() else clean_text(key)


@lru_cache(maxsize=1024)
def names_a_secret(key: str) -> bool:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-. ]", "_", key).lower()
    return snake.rpartition("_")[2] in _SECRET_WORDS or snake.endswith(_SECRET_ENDINGS)


def clean_text(text: str) -> str:
    """One line, of bounded length, without anything that looks like a secret or an address."""
    if _HARMLESS.fullmatch(text):
        return text
    cut = _without_secrets(_cut(text, TEXT_CHARS_MAX))
    return cut if cut.isprintable() else _CONTROL.sub(_escaped, cut)


def _clean_traceback(text: str) -> str:
    """Indented, so that no line of an exception's message can pass for a line of the log."""
    lines = _without_secrets(_cut(text, TRACEBACK_CHARS_MAX)).splitlines()
    return "\n".join("    | " + _CONTROL.sub(_escaped, line) for line in lines)


def _without_secrets(text: str) -> str:
    return _SECRET_TEXT.sub(_keep_the_label, text)


def _keep_the_label(match: re.Match[str]) -> str:
    label = match["scheme"] or match["user"] or match["name"] or ""
    return label + REDACTED


def _cut(text: str, chars_max: int) -> str:
    if len(text) <= chars_max:
        return text
    return f"{text[:chars_max]}... ({len(text) - chars_max} more characters)"


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()
