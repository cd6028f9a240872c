"""Matching the lines of a cancellation document with the earlier sales they take back."""

from __future__ import annotations

from orderwright.application.importing.coverage import Coverage, Part
from orderwright.application.importing.decision import Decision
from orderwright.application.importing.judgement import Judgement
from orderwright.application.importing.known import Known, external_ref
from orderwright.application.importing.lines import Entry
from orderwright.application.importing.mapping import Mapping
from orderwright.application.importing.numbers import ZERO
from orderwright.application.importing.returns import TakingBack
from orderwright.application.importing.verdicts import Verdict, skipped
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


class CancellationMatcher:
    def __init__(self, uow: UnitOfWork, mapping: Mapping, known: Known, ids: Ids) -> None:
        self._uow = uow
        self._mapping = mapping
        self._known = known
        self._ids = ids

    async def match(self, judged: Judgement, decision: Decision) -> None:
        """Return and refund each line that earlier sales cover wholly; skip the others."""
        coverage = await self._coverage(list(judged.goods.values()))
        parts: list[Part] = []
        for place, entry in judged.goods.items():
            taken = self._take(coverage, entry)
            parts += taken
            if not taken:
                decision.verdicts[place] = self._not_covered(coverage, entry)
        if parts:
            decision.booked = -sum((part.amount.amount for part in parts), ZERO)
            await self._taking_back(judged, decision).take_back(parts)

    def _taking_back(self, judged: Judgement, decision: Decision) -> TakingBack:
        first = next(iter(judged.goods.values()))
        return TakingBack(
            reference=decision.document.reference,
            at=first.placed_at,
            uow=self._uow,
            ids=self._ids,
        )

    async def _coverage(self, entries: list[Entry]) -> Coverage:
        customer = external_ref(self._mapping, entries[0].customer)
        await self._known.find_customers([customer])
        await self._known.find_products([entry.sku for entry in entries])
        customer_id = self._known.customers.get(customer)
        products = {
            self._known.products[entry.sku].id
            for entry in entries
            if entry.sku in self._known.products
        }
        if customer_id is None or not products:
            return Coverage([])
        return Coverage(
            await self._uow.history.returnable_lines(
                customer_id, products, channel=self._mapping.channel, until=entries[0].placed_at
            )
        )

    def _take(self, coverage: Coverage, entry: Entry) -> list[Part]:
        product = self._known.products.get(entry.sku)
        if product is None:
            return []
        return list(coverage.take(product.id, -entry.quantity, entry.price))

    def _not_covered(self, coverage: Coverage, entry: Entry) -> Verdict:
        product = self._known.products.get(entry.sku)
        left = coverage.left(product.id) if product is not None else 0
        wanted = -entry.quantity
        if left < wanted:
            told = f"{wanted} come back, but earlier sales to this customer have {left} to return"
        else:
            told = "the payments of the earlier sales have less left than is to be refunded"
        return skipped("not_covered", told)
