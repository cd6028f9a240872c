from typing import Any, Self

from pydantic import BaseModel, Field

from orderwright.api.wire.body import Shown, Time
from orderwright.domain.entities.task import Task, TaskState


class TaskJson(Shown):
    task_id: str = Field(validation_alias="id")
    name: str
    state: TaskState
    attempts: int
    order_id: int | None
    created_at: Time
    finished_at: Time | None
    result: dict[str, Any] | None
    error: dict[str, Any] | None


class AcceptedTaskJson(BaseModel):
    """`job_id` is the same id under its other name."""

    task_id: str
    job_id: str

    @classmethod
    def of(cls, task: Task) -> Self:
        return cls(task_id=task.id, job_id=task.id)
