from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from orderwright.domain.entities.schedule import ScheduleState


class ScheduleStore(Protocol):
    """When what is due, and who is at it. Each method is one short transaction."""

    async def begin(self, names: Collection[str], now: datetime) -> None:
        """Those that nobody has heard of are due now."""
        ...

    async def due(self, names: Collection[str], now: datetime, latest: datetime) -> Sequence[str]:
        """For looking at: whoever claims one may still find that another was faster. What is not to be
        done before `latest` is due, too: somebody wrote that down whose clock was wrong."""
        ...

    async def claim(
        self,
        name: str,
        *,
        now: datetime,
        latest: datetime,
        lease_until: datetime,
        early: bool = False,
    ) -> int | None:
        """The fence of the claim; None when it is not due (unless `early`), or somebody is at it."""
        ...

    async def extend(self, name: str, fence: int, lease_until: datetime) -> None: ...

    async def finish(
        self, name: str, fence: int, *, ran_at: datetime, due_at: datetime, error: str | None
    ) -> None:
        """Nothing, when somebody else has claimed it meanwhile."""
        ...

    async def states(self, now: datetime) -> Sequence[ScheduleState]: ...
