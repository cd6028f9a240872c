"""What is kept of a gateway's own words: as much as a column holds, and nothing that could end a line or
a path."""

from __future__ import annotations

import re
from typing import Final

ID_PATTERN: Final = r"^[!-~]{1,255}$"
_ID: Final = re.compile(r"[!-~]{1,255}")
_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def is_code(said: object) -> bool:
    return isinstance(said, str) and _CODE.fullmatch(said) is not None


def is_id(said: object) -> bool:
    return isinstance(said, str) and _ID.fullmatch(said) is not None
