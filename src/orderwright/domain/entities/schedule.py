from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from orderwright.domain.errors import Conflict, NotFound


class ScheduleNotFound(NotFound):
    code = "schedule_not_found"


class ScheduleRunning(Conflict):
    code = "schedule_running"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleState:
    """How it stands with something that is done every so often, whichever process does it."""

    name: str
    due_at: datetime
    every: timedelta | None
    running: bool
    last_run_at: datetime | None
    last_error: str | None
