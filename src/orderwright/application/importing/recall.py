from __future__ import annotations

from datetime import datetime

from orderwright.application.importing.documents import Document
from orderwright.application.importing.verdicts import (
    ALREADY_IMPORTED,
    DOCUMENT_CHANGED,
    Verdict,
    skipped,
)
from orderwright.domain.entities.imported_document import ImportedDocument, ImportOutcome


def recalled(
    document: Document, earlier: ImportedDocument | None, now: datetime
) -> list[Verdict] | None:
    """What was decided before and stands; None when the document is to be judged (again).

    What was placed is final, and what was skipped for good reasons has them still. A rejected one
    gets another chance: somebody may have set right what was wrong. Other rows with the same number
    within one run are the rest of a document whose rows are scattered.
    """
    if earlier is None:
        return None
    is_same = earlier.fingerprint == document.fingerprint
    if earlier.outcome is ImportOutcome.PLACED:
        return _for_all(ALREADY_IMPORTED if is_same else DOCUMENT_CHANGED, document)
    if is_same and earlier.outcome is ImportOutcome.SKIPPED:
        return [skipped(code, sentence) for code, sentence in earlier.verdicts]
    if not is_same and earlier.decided_at == now:
        return _for_all(DOCUMENT_CHANGED, document)
    return None


def _for_all(verdict: Verdict, document: Document) -> list[Verdict]:
    return [verdict] * len(document.lines)
