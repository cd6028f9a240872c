from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class DeprecatedUse:
    """How often a caller has called what is on its way out. `route` is a method and a template."""

    caller: str
    route: str
    calls: int
    first_at: datetime
    last_at: datetime


class DeprecatedCalls(Protocol):
    def note(self, caller: str, route: str, now: datetime) -> None:
        """Count a call; costs it nothing, for counts reach the database later."""
        ...

    async def report(self, *, skip: int, limit: int) -> Sequence[DeprecatedUse]:
        """By caller and route, this process's latest calls included."""
        ...
