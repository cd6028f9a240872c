"""Running durable tasks: claim under a lease, run, write down. The database is the only truth; a
runner that dies loses its lease and another one takes over."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from orderwright.application.services.task_handlers import TaskHandler, TaskResult
from orderwright.domain.entities.task import Task, TaskState
from orderwright.domain.errors import DomainError, Unavailable
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.failure_log import FailureLog
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWorkFactory


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
    ) -> None:
        """`claimed_elsewhere` are names of tasks that come only by `run`."""
        self._units = units
        self._handlers = handlers
        self._clock = clock
        self._failures = failures
        self._limits = limits
        self._claimed_elsewhere = claimed_elsewhere

    async def run_due(self) -> int:
        """Claim what is due, up to `at_once`, and run it side by side; how many there were."""
        now = self._clock.now()
        async with self._units(RequestContext()) as uow:
            claimed = await uow.tasks.claim_due(
                now=now - self._limits.left_for,
                lease_until=now + self._limits.lease,
                limit=self._limits.at_once,
                except_for=self._claimed_elsewhere,
            )
            await uow.commit()
            if claimed:
                await uow.reached("job.after_attempt_commit")
        async with asyncio.TaskGroup() as group:
            for task in claimed:
                group.create_task(self.run(task))
        return len(claimed)

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
            async with self._units(RequestContext()) as uow:
                await uow.tasks.finish(task, fence)
                await uow.commit()
        except Exception as error:  # noqa: BLE001 - it would end the tasks beside this one
            self._failures.worker_failed(error)  # the lease runs out, and the task is run again

    async def _attempt(self, task: Task) -> None:
        renewal = asyncio.create_task(self._renew_lease(task))
        try:
            async with asyncio.timeout(self._limits.time_limit.total_seconds()):
                result = await self._handlers[task.name](task)
        except Unavailable as error:
            self._try_again(task, error.code, error.detail)
        except DomainError as error:
            self._finish(task, TaskState.FAILED, error={"code": error.code, "detail": error.detail})
        except Exception as error:  # noqa: BLE001 - a bug in one task must not end the runner
            self._failures.task_failed(task, error)
            self._try_again(task, "internal_error", "the task failed unexpectedly")
        else:
            self._finish(task, TaskState.SUCCEEDED, result=result)
        finally:
            renewal.cancel()
            await asyncio.wait([renewal])

    async def _renew_lease(self, task: Task) -> None:
        while True:
            await asyncio.sleep(self._limits.lease.total_seconds() / 3)
            try:
                async with self._units(RequestContext()) as uow:
                    lease_until = self._clock.now() + self._limits.lease
                    await uow.tasks.extend_lease(task.id, task.fence, lease_until)
                    await uow.commit()
            except Exception as error:  # noqa: BLE001 - there is time to try again
                self._failures.worker_failed(error)

    def _try_again(self, task: Task, code: str, detail: str) -> None:
        if task.attempts > self._limits.retries_max:
            self._give_up(task, code, detail)
            return
        task.state = TaskState.QUEUED
        task.due_at = self._clock.now() + self._limits.retry_countdown
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
