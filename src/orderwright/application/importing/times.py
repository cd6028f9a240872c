from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from orderwright.application.importing.mapping import ISO_8601, Mapping

_EARLIEST_YEAR: Final = 1900  # before that it is a typing error, not a sale


class Times:
    """Reads the local times of a file: the moment in UTC, and the local month as people count
    sales (`2010-12`). None for what is no time."""

    def __init__(self, mapping: Mapping) -> None:
        self._zone = ZoneInfo(mapping.time_zone)
        self._formats = mapping.date_formats
        # Rows of one document repeat its time, and parsing it is the dearest part of a row.
        self.read = lru_cache(maxsize=1024)(self._read)

    def _read(self, text: str) -> tuple[datetime, str] | None:
        for form in self._formats:
            try:
                moment = _parsed(text, form)
                local = moment if moment.tzinfo else moment.replace(tzinfo=self._zone)
                if moment.year >= _EARLIEST_YEAR:
                    here = local.astimezone(self._zone)
                    return local.astimezone(UTC), f"{here.year}-{here.month:02}"
            except (ValueError, OverflowError):
                continue
        return None


def _parsed(text: str, form: str) -> datetime:
    if form == ISO_8601:
        return datetime.fromisoformat(text)
    return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the mapping's
