"""Running durable tasks: claim under a lease, run, write down. The database is the only truth; a
runner that dies loses its lease and another one takes over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from orderwright.application.services.lease_renewal import renewed
from orderwright.application.services.task_handlers import TaskHandler, TaskResult
from orderwright.application.services.underway import Underway
from orderwright.domain.entities.task import Task, TaskState
from orderwright.domain.errors import DomainError, Unavailable
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.failure_log import FailureLog
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import DatabaseUnavailable, UnitOfWorkFactory

# Shares of a lease: together they are all of it.
_PAUSES: Final = (1 / 31, 2 / 31, 4 / 31, 8 / 31, 16 / 31)


@dataclass(frozen=True, slots=True)
class TaskLimits:
    """Facts behind the numbers: a lease outlives a gateway call (10 s) with room and is renewed at
    a third of it, so a live runner never loses it and a dead one is replaced within it."""

    lease: timedelta = timedelta(seconds=15)
    time_limit: timedelta = timedelta(seconds=300)
    retry_countdown: timedelta = timedelta(seconds=60)
    retries_max: int = 3
    at_once: int = 8
    # For how long a task that is due is left to whoever was told of it.
    left_for: timedelta = timedelta()


class TaskRunner:
    def __init__(
        self,
        units: UnitOfWorkFactory,
        handlers: Mapping[str, TaskHandler],
        clock: Clock,
        failures: FailureLog,
        limits: TaskLimits,
        *,
        claimed_elsewhere: Collection[str] = (),
        freed: Callable[[], None] = lambda: None,
    ) -> None:
        """`claimed_elsewhere` are names of tasks that come only by `run`; `freed` is called when there
        is room again after there was none."""
        self._units = units
        self._handlers = handlers
        self._clock = clock
        self._failures = failures
        self._limits = limits
        self._claimed_elsewhere = claimed_elsewhere
        self._freed = freed
        self._is_full = False
        self._underway = Underway(self._one_ended)

    async def run_due(self) -> int:
        """Claim what is due and there is room for, and begin with it; how many there were. None of it
        is waited for: one that takes minutes must not hold up the others."""
        room = self._limits.at_once - len(self._underway)
        claimed = await self._claim(room) if room else []
        self._is_full = len(claimed) == room
        for task in claimed:
            self._underway.begin(task.name, self.run(task))
        return len(claimed)

    async def finish(self, within_s: float) -> None:
        """Wait so long for what is begun; what is cut off is run again when its lease is over."""
        await self._underway.finish(within_s)

    async def _claim(self, room: int) -> Sequence[Task]:
        now = self._clock.now()
        async with self._units(RequestContext()) as uow:
            claimed = await uow.tasks.claim_due(
                now=now - self._limits.left_for,
                lease_until=now + self._limits.lease,
                limit=room,
                except_for=self._claimed_elsewhere,
            )
            await uow.commit()
            if claimed:
                await uow.reached("job.after_attempt_commit")
        return claimed

    def _one_ended(self) -> None:
        if self._is_full:
            self._is_full = False
            self._freed()

    async def run_waiting(self, task_id: str) -> bool:
        """Claim the one that a message names, and run it; whether there was anything to do. Messages
        come late, twice, or from strangers: what they say counts for nothing beside the database."""
        now = self._clock.now()
        async with self._units(RequestContext()) as uow:
            task = await uow.tasks.claim(task_id, now=now, lease_until=now + self._limits.lease)
            await uow.commit()
            if task is not None:
                await uow.reached("job.after_attempt_commit")
        if task is not None:
            await self.run(task)
        return task is not None

    async def run(self, task: Task) -> None:
        """One that is claimed; what becomes of it is written down unless the claim was lost."""
        fence = task.fence
        if task.attempts > self._limits.retries_max + 1:
            # Its runner died each time: what kills runners must not be given another one.
            self._give_up(task, "crashed", "the task took its runner down too often")
        else:
            await self._attempt(task)
        await self._write_down(task, fence)

    async def _write_down(self, task: Task, fence: int) -> None:
        try:
            for pause in _PAUSES:
                try:
                    return await self._finish_claimed(task, fence)
                except Unavailable:  # a database that restarts is back before the lease is over
                    await asyncio.sleep(self._limits.lease.total_seconds() * pause)
            await self._finish_claimed(task, fence)
        except Exception as error:  # noqa: BLE001 - it would end the tasks beside this one
            self._failures.worker_failed(error)  # the lease runs out, and the task is run again

    async def _finish_claimed(self, task: Task, fence: int) -> None:
        async with self._units(RequestContext()) as uow:
            await uow.tasks.finish(task, fence)
            await uow.commit()

    async def _attempt(self, task: Task) -> None:
        limit_s = self._limits.time_limit.total_seconds()
        try:
            async with (
                renewed(self._limits.lease, lambda: self._extend_lease(task), self._failures),
                asyncio.timeout(limit_s) as limit,
            ):
                result = await self._handlers[task.name](task)
        except DatabaseUnavailable as error:
            # Its attempts are not used up by that: none begins while there is no database to claim in.
            soon = min(self._limits.lease, self._limits.retry_countdown)
            self._try_again(task, error.code, error.detail, after=soon)
        except Unavailable as error:
            self._try_again(task, error.code, error.detail)
        except DomainError as error:
            self._finish(task, TaskState.FAILED, error={"code": error.code, "detail": error.detail})
        except Exception as error:  # noqa: BLE001 - a bug in one task must not end the runner
            self._failures.task_failed(task, error)
            if limit.expired():
                self._try_again(task, "time_limit", f"the task took longer than {limit_s:g} s")
            else:
                self._try_again(task, "internal_error", "the task failed unexpectedly")
        else:
            self._finish(task, TaskState.SUCCEEDED, result=result)

    async def _extend_lease(self, task: Task) -> None:
        async with self._units(RequestContext()) as uow:
            lease_until = self._clock.now() + self._limits.lease
            await uow.tasks.extend_lease(task.id, task.fence, lease_until)
            await uow.commit()

    def _try_again(
        self, task: Task, code: str, detail: str, *, after: timedelta | None = None
    ) -> None:
        if task.attempts > self._limits.retries_max:
            self._give_up(task, code, detail)
            return
        task.state = TaskState.QUEUED
        task.due_at = self._clock.now() + (after or self._limits.retry_countdown)
        task.error = {"code": code, "detail": detail}

    def _give_up(self, task: Task, code: str, detail: str) -> None:
        self._finish(task, TaskState.DEAD, error={"code": code, "detail": detail})

    def _finish(
        self,
        task: Task,
        state: TaskState,
        *,
        result: TaskResult | None = None,
        error: dict[str, object] | None = None,
    ) -> None:
        task.state = state
        task.finished_at = self._clock.now()
        task.result = result
        task.error = error
