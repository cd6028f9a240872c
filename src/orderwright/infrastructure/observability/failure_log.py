from __future__ import annotations

from typing import Final

import structlog

from orderwright.domain.entities.task import Task
from orderwright.domain.errors import Unavailable
from orderwright.domain.interfaces.event_delivery import ParkedEvent

_SAID_CHARS_MAX: Final = 300
_log: structlog.stdlib.BoundLogger = structlog.get_logger("orderwright.tasks")


class StructuredFailureLog:
    def task_failed(self, task: Task, error: Exception) -> None:
        _log.error(
            "task.failed",
            task_id=task.id,
            task_name=task.name,
            attempts=task.attempts,
            correlation_id=task.correlation_id,
            exc_info=error,
        )

    def event_failed(self, parked: ParkedEvent, error: Exception) -> None:
        _log.error(
            "event.failed",
            consumer=parked.consumer,
            event_id=parked.position,
            attempts=parked.attempts,
            exc_info=error,
        )

    def worker_failed(self, error: Exception) -> None:
        """What is merely not there for a while is a line, each time it is looked for; where in the code
        it was missed helps nobody."""
        if isinstance(error, Unavailable):
            _log.warning("worker.waits", code=error.code, detail=error.detail, **_because(error))
        else:
            _log.error("worker.failed", exc_info=error)


def _because(error: Exception) -> dict[str, str]:
    """What the driver said: a full disk and a lost connection are the same to those who wait."""
    cause = error.__cause__
    if cause is None:
        return {}
    said, _, _ = f"{type(cause).__name__}: {cause}".partition("\n")
    return {"because": said[:_SAID_CHARS_MAX]}
