from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from orderwright.domain.errors import Conflict, NotFound


class TaskNotFound(NotFound):
    code = "task_not_found"


class TaskNotDead(Conflict):
    code = "task_not_dead"


class TaskAlreadyQueued(Conflict):
    code = "task_already_queued"


class TaskState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DEAD = "dead"


@dataclass(kw_only=True, eq=False)
class Task:
    """A promise to do something, kept in the database until it is done or visibly dead.

    `fence` grows with every claim, so that a runner that slept over its lease can change nothing.
    Of the tasks with one `dedupe_key` only one is unfinished at a time.
    """

    id: str
    name: str
    payload: dict[str, object]
    created_at: datetime
    due_at: datetime
    dedupe_key: str | None = None
    order_id: int | None = None
    correlation_id: str | None = None
    state: TaskState = TaskState.QUEUED
    attempts: int = 0
    fence: int = 0
    lease_until: datetime | None = None
    finished_at: datetime | None = None
    result: dict[str, object] | None = None
    error: dict[str, object] | None = field(default=None)

    def revive(self, now: datetime) -> None:
        """Begin again as if it had never been tried; `fence` keeps growing.

        Raises:
            TaskNotDead: it succeeded, was refused for good, or will run anyway.
        """
        if self.state is not TaskState.DEAD:
            raise TaskNotDead(f"the task is {self.state}, not dead", current_status=str(self.state))
        self.state = TaskState.QUEUED
        self.attempts = 0
        self.due_at = now
        self.finished_at = None
        self.error = None
