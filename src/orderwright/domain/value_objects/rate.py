from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

SECONDS_IN: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
AMOUNT_MAX: Final = 1_000_000
_TEXT: Final = re.compile(r"([1-9][0-9]{0,6})/(second|minute|hour|day)")


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of something is allowed in which time."""

    amount: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `100/minute`.

        Raises: ValueError.
        """
        found = _TEXT.fullmatch(text)
        if found is None or int(found[1]) > AMOUNT_MAX:
            units = ", ".join(SECONDS_IN)
            raise ValueError(f"must read <1 to {AMOUNT_MAX}>/<unit>, such as 100/minute ({units})")
        return cls(int(found[1]), SECONDS_IN[found[2]])
