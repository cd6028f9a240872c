from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwright.domain.entities.aggregate import UNSAVED, Aggregate
from orderwright.domain.errors import Conflict, NotFound
from orderwright.domain.events.catalog import LocationCreated

DEFAULT_LOCATION_ID: Final = 1


class LocationNotFound(NotFound):
    code = "location_not_found"


class LocationNameTaken(Conflict):
    code = "location_name_taken"


@dataclass(kw_only=True, eq=False)
class Location(Aggregate):
    """A place that holds stock. The first one exists from the start."""

    name: str
    created_at: datetime
    id: int = UNSAVED

    @classmethod
    def create(cls, *, name: str, now: datetime) -> Location:
        location = cls(name=name, created_at=now)
        location.record(LocationCreated(location_name=name), now)
        return location
