from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orderwright.domain.errors import Conflict


class DocumentAlreadyImported(Conflict):
    code = "document_already_imported"


class ImportOutcome(StrEnum):
    PLACED = "placed"
    SKIPPED = "skipped"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedDocument:
    """What became of one document of an imported file, known by the number its channel gave it.

    `fingerprint` tells its content from another with the same number. `verdicts` has a code and a
    sentence for each line of one that was not placed; of one that was, the order tells the rest.
    """

    channel: str
    reference: str
    fingerprint: str
    outcome: ImportOutcome
    decided_at: datetime
    verdicts: tuple[tuple[str, str], ...] = ()
