from __future__ import annotations

from typing import Final

# What a quiet service may retry before its calls have paid for it.
RESERVE: Final = 10.0


class RetryBudget:
    """Keeps retries to a share of the calls, so that an outage is not met with a multiple of the load.

    Shared by all that call the same dependency.
    """

    def __init__(self, share: float = 0.1, reserve: float = RESERVE) -> None:
        self._share = share
        self._reserve = reserve
        self._left = reserve

    @property
    def left(self) -> float:
        return self._left

    def earn(self) -> None:
        """For each call, not for its retries."""
        self._left = min(self._reserve, self._left + self._share)

    def spend(self) -> bool:
        """Whether there was enough for one retry."""
        if self._left < 1:
            return False
        self._left -= 1
        return True
