"""What waits to be done in the background, as operators watch it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Queue(StrEnum):
    OUTBOX = "outbox"  # events that have no position yet
    TASKS = "tasks"
    WEBHOOK_DELIVERIES = "webhook_deliveries"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many could have been done by now, and since when the first of them could."""

    pending: int
    oldest_at: datetime | None


class BacklogReader(Protocol):
    async def backlogs(self, now: datetime) -> Mapping[Queue, Waiting]:
        """All of one moment."""
        ...
