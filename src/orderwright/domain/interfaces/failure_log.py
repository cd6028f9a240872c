from __future__ import annotations

from typing import Protocol

from orderwright.domain.entities.task import Task


class FailureLog(Protocol):
    def task_failed(self, task: Task, error: Exception) -> None:
        """Write down, with its trace, an error that nobody foresaw."""
        ...

    def worker_failed(self, error: Exception) -> None:
        """The same for the loop around the tasks: the database was gone, say."""
        ...
