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
from orderwright.application.importing.match_cancellations import CancellationMatcher
from orderwright.application.importing.numbers import EXACT
from orderwright.application.importing.place_sales import PlannedSale, SalesPlacer
from orderwright.application.importing.recall import recalled
from orderwright.application.importing.sales import Sale
from orderwright.application.importing.verdicts import Unreadable, Verdict, rejected
from orderwright.domain.entities.imported_document import ImportedDocument, ImportOutcome
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


class GroupImport:
    """Used once, inside an open unit of work; whoever opened it commits, and then `confirm`s."""

    def __init__(
        self, uow: UnitOfWork, mapping: Mapping, memory: Memory, *, ids: Ids, now: datetime
    ) -> None:
        self._uow = uow
        self._mapping = mapping
        self._now = now
        self._known = Known(uow, memory)
        self._sales = SalesPlacer(uow, mapping, self._known, ids)
        self._cancellations = CancellationMatcher(uow, mapping, self._known, ids)
        self._earlier: dict[str, ImportedDocument] = {}
        self._taken: set[str] = set()
        self._planned: list[PlannedSale] = []
        self._unkept: dict[str, Decision] = {}

    async def decide(self, documents: Sequence[Document]) -> list[Decision]:
        await self._recall([document.reference for document in documents if document.reference])
        decisions = []
        for number, document in enumerate(documents):
            if number == len(documents) // 2:
                await self._write()
                await self._uow.reached("import.mid")
            decisions.append(await self._decide(document))
        await self._write()
        return decisions

    def confirm(self) -> None:
        self._known.confirm()

    async def _recall(self, references: list[str]) -> None:
        channel = self._mapping.channel
        self._earlier = await self._uow.history.documents(channel, references)
        unknown = [each for each in references if each not in self._earlier]
        if unknown:
            self._taken = await self._uow.history.taken_references(channel, unknown)

    async def _decide(self, document: Document) -> Decision:
        earlier = recalled(document, self._earlier.get(document.reference), self._now)
        judged = Judgement(earlier) if earlier is not None else self._judge(document)
        decision = Decision(document, judged.verdicts, is_news=earlier is None)
        facts = _facts(document)
        if isinstance(facts, Verdict):
            decision.decide(facts)
        elif facts is not None:
            for _, amount in facts.charges:
                decision.charged = EXACT.add(decision.charged, amount)
            await self._carry_out(judged, decision, facts)
        if decision.is_news:
            self._remember(decision)
        return decision

    def _judge(self, document: Document) -> Judgement:
        if document.reference in self._taken:
            return Judgement([verdicts.REFERENCE_TAKEN] * len(document.lines))
        return judge(document, self._mapping)

    async def _carry_out(self, judged: Judgement, decision: Decision, facts: Facts) -> None:
        if not judged.goods:
            return
        if judged.is_cancellation:
            if self._has_sold_to(decision.document):
                await self._write()
            await self._cancellations.match(judged, decision)
            return
        sale = Sale(
            reference=decision.document.reference,
            goods=list(judged.goods.values()),
            charges=list(judged.charges.values()),
            facts=facts,
        )
        self._planned.append(PlannedSale(sale, decision))

    def _has_sold_to(self, cancellation: Document) -> bool:
        """What it takes back may have been sold in this same group."""
        customers = {entry.customer for entry in cancellation.entries}
        return any(planned.sale.customer in customers for planned in self._planned)

    def _remember(self, decision: Decision) -> None:
        document = decision.document
        if document.reference and not document.continues:
            self._unkept[document.reference] = decision
            self._earlier[document.reference] = self._kept(decision)

    async def _write(self) -> None:
        """Place what is planned, and keep what became of it."""
        if self._planned:
            await self._sales.place(self._planned)
            self._planned = []
        kept = [self._kept(decision) for decision in self._unkept.values()]
        await self._uow.history.keep_documents(kept)
        self._earlier |= {document.reference: document for document in kept}
        self._unkept = {}

    def _kept(self, decision: Decision) -> ImportedDocument:
        is_placed = decision.outcome is ImportOutcome.PLACED
        reasons = () if is_placed else tuple((v.code, v.sentence) for v in decision.verdicts)
        return ImportedDocument(
            channel=self._mapping.channel,
            reference=decision.document.reference,
            fingerprint=decision.document.fingerprint(),
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
