from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from orderwright.application.importing.documents import Document
from orderwright.application.importing.numbers import ZERO
from orderwright.application.importing.verdicts import PLACED, Verdict
from orderwright.domain.entities.imported_document import ImportOutcome


@dataclass(slots=True)
class Decision:
    """What becomes of a document: a verdict for each of its lines.

    `booked` is what its placed lines came to in money, rounded as money is; `charged` what the file
    puts beside its lines.
    """

    document: Document
    verdicts: list[Verdict]
    booked: Decimal = ZERO
    charged: Decimal = ZERO

    @property
    def is_placed_whole(self) -> bool:
        """As nearly all are."""
        return 0 < len(self.verdicts) == self.verdicts.count(PLACED)

    @property
    def outcome(self) -> ImportOutcome:
        """Placed when any line is; a rejected line rejects the whole document."""
        if self.is_placed_whole:
            return ImportOutcome.PLACED
        outcomes = {verdict.outcome for verdict in self.verdicts}
        for outcome in (ImportOutcome.REJECTED, ImportOutcome.PLACED):
            if outcome in outcomes:
                return outcome
        return ImportOutcome.SKIPPED

    def decide(self, verdict: Verdict) -> None:
        """The same for every line that had not yet a reason of its own."""
        self.verdicts = [
            verdict if each.outcome is ImportOutcome.PLACED else each for each in self.verdicts
        ]
