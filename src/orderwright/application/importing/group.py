"""The documents of one transaction: recalled, judged, and placed or matched in their order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orderwright.application.importing import verdicts
from orderwright.application.importing.cells import NoSuchRow
from orderwright.application.importing.decision import Decision
from orderwright.application.importing.documents import Document
from orderwright.application.importing.facts import Facts
from orderwright.application.importing.judgement import Judgement, judge
from orderwright.application.importing.known import Known, Memory
from orderwright.application.importing.mapping import Mapping
from orderwright.application.importing.match_cancellations import (
    CancellationMatcher,
    PlannedCancellation,
)
from orderwright.application.importing.numbers import ZERO
from orderwright.application.importing.place_sales import PlannedSale, SalesPlacer
from orderwright.application.importing.recall import recalled
from orderwright.application.importing.sales import Sale
from orderwright.application.importing.verdicts import Unreadable, Verdict, rejected
from orderwright.domain.entities.imported_document import ImportedDocument, ImportOutcome
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


class GroupImport:
    """Used once, inside an open unit of work; whoever opened it commits, and then `confirm`s.

    Sales are placed first, all together: what a cancellation takes back is among the sales up to
    its own time, wherever in the group they stand.
    """

    def __init__(
        self, uow: UnitOfWork, mapping: Mapping, memory: Memory, *, ids: Ids, now: datetime
    ) -> None:
        self._uow = uow
        self._mapping = mapping
        self._now = now
        self._known = Known(uow, memory)
        self._placer = SalesPlacer(uow, mapping, self._known, ids)
        self._matcher = CancellationMatcher(uow, mapping, self._known, ids)
        self._earlier: dict[str, ImportedDocument] = {}
        self._taken: set[str] = set()
        self._sales: list[PlannedSale] = []
        self._cancellations: list[PlannedCancellation] = []
        self._news: dict[str, Decision] = {}

    async def decide(self, documents: Sequence[Document]) -> list[Decision]:
        await self._recall([document.reference for document in documents if document.reference])
        known_before = set(self._earlier)
        decisions = [self._decide(document) for document in documents]
        if again := known_before & set(self._news):
            await self._uow.history.forget_documents(self._mapping.channel, again)
        if self._sales:
            await self._placer.place(self._sales)
        await self._keep([each for each in self._news.values() if not self._is_waiting(each)])
        await self._uow.reached("import.mid")
        if self._cancellations:
            await self._matcher.match(self._cancellations)
            await self._keep([each.decision for each in self._cancellations])
        return decisions

    def confirm(self) -> None:
        self._known.confirm()

    async def _recall(self, references: list[str]) -> None:
        channel = self._mapping.channel
        self._earlier = await self._uow.history.documents(channel, references)
        unknown = [each for each in references if each not in self._earlier]
        if unknown:
            self._taken = await self._uow.history.taken_references(channel, unknown)

    def _decide(self, document: Document) -> Decision:
        earlier = recalled(document, self._earlier.get(document.reference), self._now)
        judged = Judgement(earlier) if earlier is not None else self._judge(document)
        decision = Decision(document, judged.verdicts)
        facts = _facts(document)
        if isinstance(facts, Verdict):
            decision.decide(facts)
        elif facts is not None:
            decision.charged = sum((amount for _, amount in facts.charges), ZERO)
            self._plan(judged, decision, facts)
        if earlier is None and document.reference and not document.continues:
            self._news[document.reference] = decision
            self._earlier[document.reference] = self._kept(decision)
        return decision

    def _judge(self, document: Document) -> Judgement:
        if document.reference in self._taken:
            return Judgement([verdicts.REFERENCE_TAKEN] * len(document.lines))
        return judge(document, self._mapping)

    def _plan(self, judged: Judgement, decision: Decision, facts: Facts) -> None:
        if judged.goods and judged.is_cancellation:
            self._cancellations.append(PlannedCancellation(judged.goods, decision))
        elif judged.goods:
            sale = Sale(
                reference=decision.document.reference,
                goods=list(judged.goods.values()),
                charges=list(judged.charges.values()),
                facts=facts,
            )
            self._sales.append(PlannedSale(sale, decision))

    def _is_waiting(self, decision: Decision) -> bool:
        return any(decision is planned.decision for planned in self._cancellations)

    async def _keep(self, decisions: Sequence[Decision]) -> None:
        if decisions:
            await self._uow.history.keep_documents([self._final(each) for each in decisions])

    def _final(self, decision: Decision) -> ImportedDocument:
        """What was noted when it was judged, unless it was refused since."""
        noted = self._earlier[decision.document.reference]
        is_still = noted.outcome is decision.outcome is ImportOutcome.PLACED
        return noted if is_still else self._kept(decision)

    def _kept(self, decision: Decision) -> ImportedDocument:
        is_placed = decision.outcome is ImportOutcome.PLACED
        reasons = () if is_placed else tuple((v.code, v.sentence) for v in decision.verdicts)
        return ImportedDocument(
            channel=self._mapping.channel,
            reference=decision.document.reference,
            fingerprint=decision.document.fingerprint,
            outcome=decision.outcome,
            decided_at=self._now,
            verdicts=reasons,
        )


def _facts(document: Document) -> Facts | Verdict | None:
    """What its first readable row says about the document; a verdict when that makes no sense."""
    entry = next(document.entries, None)
    if entry is None:
        return None
    try:
        return entry.facts.read(entry.values, entry.placed_at)
    except Unreadable as unreadable:
        return unreadable.verdict
    except NoSuchRow as missed:
        return rejected("unmatched_row", str(missed))
