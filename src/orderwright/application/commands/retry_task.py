from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.application.commands.process_order import PROCESS_ORDER, payments_of
from orderwright.domain.entities.task import Task
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryTask:
    task_id: str


async def retry_task(command: RetryTask, uow: UnitOfWork, *, now: datetime) -> Task:
    """Give a dead task another life.

    One that processes an order whose payment has failed meanwhile makes another payment: that is what
    somebody asks for who has seen that. While a payment holds money, or may come to hold it, none
    is made.

    Raises:
        TaskNotFound, TaskNotDead.
        TaskAlreadyQueued: an unfinished one has the same `dedupe_key`.
    """
    async with uow:
        task = await uow.tasks.get_by_id(command.task_id)
        task.revive(now)
        if task.name == PROCESS_ORDER and task.order_id is not None:
            made = await payments_of(task.order_id, uow)
            task.payload = {**task.payload, "payments_before": made}
        await uow.tasks.requeue(task)
        return await uow.commit(task)
