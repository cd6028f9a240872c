from __future__ import annotations

import unicodedata
from typing import Final

CHARS_MAX: Final = 200
_EXTENSION_CHARS_MAX: Final = 20
# What Windows cannot have in a name, and with what paths are made.
_NEVER: Final = frozenset('<>:"|?*')
# What is not seen, or turns what follows: control, format, surrogate, private, unassigned.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
NAMELESS: Final = "file"


def clean_filename(told: str) -> str:
    """A name that is safe to show and to save under, whatever a client called its file: no folders,
    nothing invisible, no longer than `CHARS_MAX`."""
    last = told.replace("\\", "/").rpartition("/")[2]
    seen = [c for c in unicodedata.normalize("NFC", last) if _is_plain(c)]
    name = " ".join("".join(seen).split()).strip(". ")
    return _shortened(name) or NAMELESS


def _is_plain(char: str) -> bool:
    return char not in _NEVER and unicodedata.category(char) not in _UNSEEN


def _shortened(name: str) -> str:
    if len(name) <= CHARS_MAX:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > _EXTENSION_CHARS_MAX:
        return name[:CHARS_MAX].rstrip(". ")
    return stem[: CHARS_MAX - len(extension) - 1].rstrip(". ") + dot + extension
