from __future__ import annotations

from typing import Protocol

from orderwright.domain.entities.task import Task
from orderwright.domain.interfaces.event_delivery import ParkedEvent


class FailureLog(Protocol):
    def task_failed(self, task: Task, error: Exception) -> None:
        """Write down, with its trace, an error that nobody foresaw."""
        ...

    def worker_failed(self, error: Exception) -> None:
        """The same for the loop around the tasks: the database was gone, say."""
        ...


class EventFailureLog(Protocol):
    def event_failed(self, parked: ParkedEvent, error: Exception) -> None:
        """Write down, with its trace, why a consumer could not take an event."""
        ...

    def worker_failed(self, error: Exception) -> None: ...
