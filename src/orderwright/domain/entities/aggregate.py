from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from orderwright.domain.events.event import Event

UNSAVED: Final[Any] = None  # an id that the database has yet to give


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event at its place in the life of one aggregate; sequences start at 1 and have no gap."""

    sequence: int
    event: Event
    occurred_at: datetime


@dataclass(kw_only=True, eq=False)
class Aggregate:
    """Remembers what happened to it until the unit of work writes that down.

    `version` is the sequence of the last event, so every change has an event and a new version.
    """

    version: int = 0

    def record(self, event: Event, now: datetime) -> None:
        self.version += 1
        self._unwritten_events().append(RecordedEvent(self.version, event, now))

    def take_events(self) -> list[RecordedEvent]:
        taken = list(self._unwritten_events())
        self._unwritten_events().clear()
        return taken

    def _unwritten_events(self) -> list[RecordedEvent]:
        # Not a field: entities loaded from the database never pass through __init__.
        events: list[RecordedEvent] = self.__dict__.setdefault("_events", [])
        return events
