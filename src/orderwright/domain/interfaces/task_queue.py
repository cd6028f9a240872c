from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """A task as a message names it: which one, and the how-manieth claim it waits for."""

    id: str
    fence: int = 0


class TasksWait(Protocol):
    """Tells those who run tasks what a commit has put down for them.

    Only a hint, for the tasks are in the database: it takes no time and never fails, and where it gets
    lost a sweep finds them.
    """

    def __call__(self, tasks: Sequence[WaitingTask], /) -> None: ...


def nobody(_tasks: Sequence[WaitingTask], /) -> None:
    """Whoever runs tasks finds these by himself."""
