from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.task import Task
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryTask:
    task_id: str


async def retry_task(command: RetryTask, uow: UnitOfWork, *, now: datetime) -> Task:
    """Give a dead task another life.

    Raises:
        TaskNotFound, TaskNotDead.
        TaskAlreadyQueued: an unfinished one has the same `dedupe_key`.
    """
    async with uow:
        task = await uow.tasks.get_by_id(command.task_id)
        task.revive(now)
        await uow.tasks.requeue(task)
        return await uow.commit(task)
