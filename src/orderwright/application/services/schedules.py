"""What is done every so often, by one process at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from orderwright.application.services.lease_renewal import renewed
from orderwright.application.services.underway import Underway
from orderwright.domain.entities.schedule import ScheduleNotFound, ScheduleRunning, ScheduleState
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.failure_log import FailureLog
from orderwright.domain.interfaces.schedules import ScheduleStore

LEASE: Final = timedelta(seconds=15)
_TIME_LIMIT_S: Final = 300.0
# By how much the clocks of two machines that work may differ.
_CLOCKS_DIFFER_BY: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Schedule:
    """`act` does all that is due by now: one run makes up for any number that were missed."""

    name: str
    every: timedelta
    act: Callable[[], Awaitable[object]]


class Schedules:
    """Each runs beside the others, so that one that fails or hangs delays none."""

    def __init__(
        self,
        schedules: Sequence[Schedule],
        store: ScheduleStore,
        clock: Clock,
        failures: FailureLog,
        *,
        lease: timedelta = LEASE,
    ) -> None:
        self._schedules = {each.name: each for each in schedules}
        self._store = store
        self._clock = clock
        self._failures = failures
        self._lease = lease
        self._begun = False
        self._underway = Underway()

    @property
    def shortest_s(self) -> float:
        return min(each.every.total_seconds() for each in self._schedules.values())

    async def finish(self, within_s: float) -> None:
        """Wait so long for the runs that are underway; what is cut off is due again."""
        await self._underway.finish(within_s)

    async def run_due(self) -> int:
        """Begin with what is due and nobody is at; none of it is waited for."""
        if not self._begun:
            await self._store.begin(self._schedules, self._clock.now())
            self._begun = True
        now = self._clock.now()
        due = await self._store.due(self._schedules, now, self._latest(now))
        return sum([await self._begin(name) for name in due if name not in self._underway.names])

    async def run_now(self, name: str) -> None:
        """One, due or not, to its end.

        Raises:
            ScheduleNotFound.
            ScheduleRunning: somebody is at it.
        """
        schedule = self._schedules.get(name)
        if schedule is None:
            known = ", ".join(self._schedules)
            raise ScheduleNotFound(f"there is no such schedule; there are {known}")
        await self._store.begin(self._schedules, self._clock.now())
        fence = await self._claim(name, early=True)
        if fence is None:
            raise ScheduleRunning(f"{name} is running right now")
        await self._run(schedule, fence)

    async def states(self) -> Sequence[ScheduleState]:
        found = {each.name: each for each in await self._store.states(self._clock.now())}
        return [
            replace(found[name], every=schedule.every)
            for name, schedule in self._schedules.items()
            if name in found
        ]

    async def _begin(self, name: str) -> bool:
        fence = await self._claim(name)
        if fence is None:
            return False
        self._underway.begin(name, self._run(self._schedules[name], fence))
        return True

    async def _claim(self, name: str, *, early: bool = False) -> int | None:
        now = self._clock.now()
        return await self._store.claim(
            name, now=now, latest=self._latest(now), lease_until=now + self._lease, early=early
        )

    def _latest(self, now: datetime) -> datetime:
        """Nothing is put off beyond that, unless the clock of whoever did so ran ahead and was put right:
        the others would wait for as long as it was wrong."""
        return now + max(each.every for each in self._schedules.values()) + _CLOCKS_DIFFER_BY

    async def _run(self, schedule: Schedule, fence: int) -> None:
        error = await self._outcome(schedule, fence)
        now = self._clock.now()
        try:
            await self._store.finish(
                schedule.name, fence, ran_at=now, due_at=now + schedule.every, error=error
            )
        except Exception as lost:  # noqa: BLE001 - it is due again when the lease is over
            self._failures.worker_failed(lost)

    async def _outcome(self, schedule: Schedule, fence: int) -> str | None:
        try:
            async with (
                renewed(self._lease, lambda: self._extend(schedule.name, fence), self._failures),
                asyncio.timeout(_TIME_LIMIT_S),
            ):
                await schedule.act()
        except Exception as error:  # noqa: BLE001 - the next run may find the database again
            self._failures.worker_failed(error)
            return type(error).__name__
        return None

    async def _extend(self, name: str, fence: int) -> None:
        await self._store.extend(name, fence, self._clock.now() + self._lease)
