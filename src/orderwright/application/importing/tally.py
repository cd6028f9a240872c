"""Counting documents, lines, units and value by what became of them, to the last decimal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from orderwright.application.importing.decision import Decision
from orderwright.application.importing.numbers import EXACT, ZERO
from orderwright.application.importing.verdicts import PLACED, Verdict
from orderwright.domain.entities.imported_document import ImportOutcome


@dataclass(slots=True)
class Portion:
    """`charged` is what stands beside the lines of documents, such as freight."""

    documents: int = 0
    lines: int = 0
    units: int = 0
    value: Decimal = ZERO
    charged: Decimal = ZERO

    def add(self, other: Portion) -> None:
        self.documents += other.documents
        self.lines += other.lines
        self.units += other.units
        self.value = EXACT.add(self.value, other.value)
        self.charged = EXACT.add(self.charged, other.charged)


@dataclass(slots=True)
class Counts:
    """A portion for each outcome, and their total."""

    portions: dict[ImportOutcome, Portion] = field(
        default_factory=lambda: {outcome: Portion() for outcome in ImportOutcome}
    )

    @property
    def total(self) -> Portion:
        total = Portion()
        for portion in self.portions.values():
            total.add(portion)
        return total

    def add(self, portions: Mapping[ImportOutcome, Portion]) -> None:
        for outcome, portion in portions.items():
            self.portions[outcome].add(portion)


@dataclass(slots=True)
class Reason:
    """Why lines were not placed. Sentences of one code differ in their figures at most, so that one
    `example` tells."""

    outcome: ImportOutcome
    example: str
    lines: int = 0
    value: Decimal = ZERO


class Tally:
    """Of a whole import. Its size does not grow with the files."""

    def __init__(self) -> None:
        self.all = Counts()
        self.by_month: dict[str | None, Counts] = defaultdict(Counts)
        self.by_currency: dict[str | None, Counts] = defaultdict(Counts)
        self.reasons: dict[str, Reason] = {}
        self.booked = ZERO

    @property
    def rounding_difference(self) -> Decimal:
        """What the file says of all that was placed, less what it came to in money."""
        return EXACT.subtract(self.all.portions[ImportOutcome.PLACED].value, self.booked)

    def add(self, decision: Decision) -> None:
        portions = _portions_of(decision)
        for sums in (
            self.all,
            self.by_month[decision.document.month],
            self.by_currency[decision.document.currency],
        ):
            sums.add(portions)
        if decision.outcome is ImportOutcome.PLACED:
            self.booked = EXACT.add(self.booked, decision.booked)
        if not decision.is_placed_whole:
            self._count_reasons(decision)

    def add_empty_document(self, verdict: Verdict) -> None:
        """One that has a number and no lines."""
        for sums in (self.all, self.by_month[None], self.by_currency[None]):
            sums.portions[verdict.outcome].documents += 1
        self.reasons.setdefault(verdict.code, Reason(verdict.outcome, verdict.sentence))

    def _count_reasons(self, decision: Decision) -> None:
        for line, verdict in zip(decision.document.lines, decision.verdicts, strict=True):
            if verdict is not PLACED:
                self._count_reason(verdict, line.value)

    def _count_reason(self, verdict: Verdict, value: Decimal) -> None:
        new = Reason(verdict.outcome, verdict.sentence)
        reason = self.reasons.setdefault(verdict.code, new)
        reason.lines += 1
        reason.value = EXACT.add(reason.value, value)


def _portions_of(decision: Decision) -> dict[ImportOutcome, Portion]:
    """Of those outcomes that it has: nearly always one."""
    portions: dict[ImportOutcome, Portion] = {decision.outcome: Portion(charged=decision.charged)}
    for line, verdict in zip(decision.document.lines, decision.verdicts, strict=True):
        portion = portions.setdefault(verdict.outcome, Portion())
        portion.lines += 1
        portion.units += line.units
        portion.value = EXACT.add(portion.value, line.value)
    if decision.document.reference and not decision.document.continues:
        portions[decision.outcome].documents = 1
    return portions
