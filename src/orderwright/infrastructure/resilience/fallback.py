from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import structlog

Value = TypeVar("Value")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Known(Generic[Value]):
    value: Value
    # Since it was asked for; 0 for an answer of this moment.
    age_s: float = 0.0
    is_stale: bool = False
    # What it stands in for.
    instead_of: Exception | None = None


class LastGoodAnswer(Generic[Value]):
    """Answers with what was last heard while nothing can be heard, and says how old it is.

    Only for what may be somewhat old. Whoever decides about money or stock asks again instead.
    """

    def __init__(
        self,
        name: str,
        ask: Callable[[], Awaitable[Value]],
        *,
        max_age_s: float,
        instead_of: tuple[type[Exception], ...],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`instead_of`: the errors that an old answer may stand in for; others are raised."""
        self._name = name
        self._ask = ask
        self._max_age_s = max_age_s
        self._instead_of = instead_of
        self._monotonic = monotonic
        self._last: tuple[Value, float] | None = None

    async def get(self) -> Known[Value]:
        """Raises: what asking raised, when there is no answer young enough."""
        asked_at = self._monotonic()
        try:
            value = await self._ask()
        except self._instead_of as error:
            known = self._young_enough()
            if known is None:
                raise
            log.warning(
                "fallback.served",
                name=self._name,
                age_s=round(known.age_s, 1),
                reason=type(error).__name__,
            )
            return replace(known, instead_of=error)
        self._keep(value, asked_at)
        return Known(value)

    def _keep(self, value: Value, asked_at: float) -> None:
        if self._last is None or self._last[1] <= asked_at:  # answers may overtake one another
            self._last = (value, asked_at)

    def _young_enough(self) -> Known[Value] | None:
        if self._last is None:
            return None
        value, asked_at = self._last
        age_s = self._monotonic() - asked_at
        return Known(value, age_s, is_stale=True) if age_s <= self._max_age_s else None
