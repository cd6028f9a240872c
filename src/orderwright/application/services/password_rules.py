"""Which passwords are taken. As NIST SP 800-63B has it: length counts, what everybody tries first is
refused, and nobody is made to use digits and capitals."""

from __future__ import annotations

import re
import string
import unicodedata
from typing import Final

from orderwright.domain.errors import Rejected

CHARS_MIN: Final = 8
CHARS_MAX: Final = 256
# A shorter name is part of too many good sentences.
NAME_CHARS_MIN: Final = 4
_DECORATION: Final = string.digits + string.punctuation + string.whitespace
_LOOKALIKES: Final = str.maketrans("013457@$!|", "oieastasil")
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "01234567890123456789",
)
_COMMON: Final = frozenset(  # what stands around a word is taken off before it is looked up
    """
    access account admin administrator angel apple august autumn baby banana baseball basketball
    batman beautiful biscuit buster butterfly changeme charlie cheese chelsea chicken chocolate
    company computer cookie correcthorse december default demo diamond dolphin donald dragon
    family february flower football freedom friday friend ginger google guest hannah harley hello
    hockey hunter iloveyou internet january jennifer jessica jordan july june killer letmein
    liverpool login loveme lovely manager march master matrix mercedes michael michelle midnight
    monday monkey mustang nicole ninja november october office orange orders orderwright passphrase
    password passwort pepper phoenix please pokemon princess purple qwerty rainbow root samsung
    samantha saturday secret september service shadow silver soccer spring starwars summer sunday
    sunshine superman support temp temporary test tester thomas thursday tigger trustno trustnoone
    tuesday user wednesday welcome whatever william winter yellow
    """.split()  # noqa: SIM905 - one word a line would be a page
)


class WeakPassword(Rejected):
    code = "weak_password"


def composed(password: str) -> str:
    """As it is hashed: keyboards differ in how they compose the same letter."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, *names: str | None) -> None:
    """`names` are what everybody knows of its owner. `password` is composed.

    Raises: WeakPassword: it never says what of it is weak beyond the rule.
    """
    if not CHARS_MIN <= len(password) <= CHARS_MAX:
        raise WeakPassword(f"a password has between {CHARS_MIN} and {CHARS_MAX} characters")
    if _is_common(password.casefold()):
        raise WeakPassword("this password is among the first that anybody tries")
    if any(part in password.casefold() for name in names for part in _parts(name)):
        raise WeakPassword("a password does not contain its owner's name or address")


def _is_common(password: str) -> bool:
    return _repeats(password) or _runs_along_keys(password) or _is_decorated_word(password)


def _repeats(password: str) -> bool:
    """`aaaaaaaa`, `abababab`, `12341234`."""
    return re.fullmatch(r"(.{1,4})\1+", password, re.DOTALL) is not None


def _runs_along_keys(password: str) -> bool:
    return any(password in row or password in row[::-1] for row in _ROWS)


def _is_decorated_word(password: str) -> bool:
    """A common word, once or repeated, whatever stands around it or for its letters."""
    core = password.strip(_DECORATION)
    spellings = (core, core.translate(_LOOKALIKES))
    return any(_unit(re.sub(r"[^a-z]", "", each)) in _COMMON for each in spellings)


def _unit(letters: str) -> str:
    """`admin` of `adminadmin`."""
    match = re.fullmatch(r"(.+?)\1*", letters)
    return match[1] if match else ""


def _parts(name: str | None) -> list[str]:
    whole = (name or "").casefold()
    return [part for part in {whole, whole.partition("@")[0]} if len(part) >= NAME_CHARS_MIN]
