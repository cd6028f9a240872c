from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from threading import Lock
from typing import Final

SECRET_BYTES: Final = 32
_RANDOM_BITS: Final = 74
_STEP_BITS: Final = 48
_VERSION: Final = 7
_VARIANT: Final = 0b10


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class TimeOrderedIds:
    """UUIDs of version 7 (RFC 9562) that also grow within a millisecond, and while the clock goes
    back: a new id is then the last one plus a random step that cannot be guessed."""

    def __init__(
        self,
        now_ms: Callable[[], int] = _now_ms,
        random_bits: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self._now_ms = now_ms
        self._random_bits = random_bits
        self._last = 0
        self._lock = Lock()

    def new_id(self) -> str:
        with self._lock:
            fresh = self._now_ms() << _RANDOM_BITS | self._random_bits(_RANDOM_BITS)
            if fresh <= self._last:
                fresh = self._last + 1 + self._random_bits(_STEP_BITS)
            self._last = fresh
            return _uuid7(self._last)

    def secret(self) -> str:
        return secrets.token_urlsafe(SECRET_BYTES)


def _uuid7(number: int) -> str:
    """Spread 122 bits around the places of version and variant."""
    high, low = number >> 62, number & (1 << 62) - 1
    stamp, middle = high >> 12, high & 0xFFF
    spread = stamp << 80 | _VERSION << 76 | middle << 64 | _VARIANT << 62 | low
    text = f"{spread:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
