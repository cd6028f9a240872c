from __future__ import annotations

import unicodedata


def clean(text: str) -> str:
    """As the API would have it: composed (NFC), without control characters, trimmed."""
    text = text.strip()
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text)
    return "".join(" " if _is_control(each) else each for each in composed).strip()


def clipped(text: str, length: int) -> str:
    """At most `length` characters, with a mark where some are missing."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"}
