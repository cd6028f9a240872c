"""What an import did, as the command line and the API tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orderwright.application.importing.numbers import plain
from orderwright.application.importing.tally import Counts, Portion, Tally


@dataclass(frozen=True, slots=True)
class LookupUse:
    """How many rows of a second file some line asked for. A customer without orders is none."""

    file: str
    rows: int
    used: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    tally: Tally
    lookups: Sequence[LookupUse] = ()
    is_rehearsal: bool = False

    def as_json(self) -> dict[str, Any]:
        """Counts are numbers, amounts exact decimal text; `total` is what the files hold."""
        return {
            **_counts(self.tally.all),
            "by_month": _listed("month", self.tally.by_month),
            "by_currency": _listed("currency", self.tally.by_currency),
            "reasons": self._reasons(),
            "rounding_difference": plain(self.tally.rounding_difference),
            "lookups": [
                {"file": each.file, "rows": each.rows, "used": each.used} for each in self.lookups
            ],
            "dry_run": self.is_rehearsal,
        }

    def _reasons(self) -> list[dict[str, Any]]:
        by_size = sorted(self.tally.reasons.items(), key=lambda item: (-item[1].lines, item[0]))
        return [
            {
                "code": code,
                "outcome": str(reason.outcome),
                "lines": reason.lines,
                "value": plain(reason.value),
                "example": reason.example,
            }
            for code, reason in by_size
        ]


def _listed(name: str, groups: Mapping[str | None, Counts]) -> list[dict[str, Any]]:
    in_order = sorted(groups.items(), key=lambda item: item[0] or "")
    return [{name: key, **_counts(counts)} for key, counts in in_order]


def _counts(counts: Counts) -> dict[str, Any]:
    portions = {str(key): portion for key, portion in counts.portions.items()}
    return _columns(portions | {"total": counts.total})


def _columns(portions: Mapping[str, Portion]) -> dict[str, Any]:
    return {
        "documents": {name: portion.documents for name, portion in portions.items()},
        "lines": {name: portion.lines for name, portion in portions.items()},
        "value": {name: plain(portion.value) for name, portion in portions.items()},
        "units": {name: portion.units for name, portion in portions.items()},
        "document_charges": {name: plain(portion.charged) for name, portion in portions.items()},
    }
