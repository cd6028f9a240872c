"""Matching the lines of cancellation documents with the earlier sales they take back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orderwright.application.importing.coverage import Coverage, Part, Wanted
from orderwright.application.importing.decision import Decision
from orderwright.application.importing.known import Known, external_ref
from orderwright.application.importing.lines import Entry
from orderwright.application.importing.mapping import Mapping
from orderwright.application.importing.numbers import ZERO
from orderwright.application.importing.returns import Returns, TakenBack
from orderwright.application.importing.verdicts import Verdict, skipped
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PlannedCancellation:
    """`goods` are the lines to match, by their place in the document."""

    goods: dict[int, Entry]
    decision: Decision


class CancellationMatcher:
    def __init__(self, uow: UnitOfWork, mapping: Mapping, known: Known, ids: Ids) -> None:
        self._uow = uow
        self._mapping = mapping
        self._known = known
        self._ids = ids

    async def match(self, planned: Sequence[PlannedCancellation]) -> None:
        """Return and refund each line that earlier sales cover wholly; skip the others."""
        coverage = await self._coverage([e for each in planned for e in each.goods.values()])
        taken = [self._take_back(each, coverage) for each in planned]
        if any(each.parts for each in taken):
            await Returns(self._uow, self._ids).make(taken)

    def _take_back(self, planned: PlannedCancellation, coverage: Coverage) -> TakenBack:
        decision = planned.decision
        parts: list[Part] = []
        for place, entry in planned.goods.items():
            wanted = self._wanted(entry)
            taken = coverage.take(wanted) if wanted is not None else []
            parts += taken
            if not taken:
                decision.verdicts[place] = _not_covered(entry, wanted, coverage)
        decision.booked = -sum((part.amount.amount for part in parts), ZERO)
        first = next(iter(planned.goods.values()))
        return TakenBack(decision.document.reference, first.placed_at, parts)

    async def _coverage(self, entries: Sequence[Entry]) -> Coverage:
        await self._known.find_customers([self._customer(entry) for entry in entries])
        await self._known.find_products([entry.sku for entry in entries])
        wanted = [each for each in map(self._wanted, entries) if each is not None]
        if not wanted:
            return Coverage([])
        lines = await self._uow.history.returnable_lines(
            {each.customer_id for each in wanted},
            {each.product_id for each in wanted},
            channel=self._mapping.channel,
        )
        return Coverage(lines)

    def _wanted(self, entry: Entry) -> Wanted | None:
        """None when the customer or the product was never heard of."""
        customer_id = self._known.customers.get(self._customer(entry))
        product = self._known.products.get(entry.sku)
        if customer_id is None or product is None:
            return None
        return Wanted(customer_id, product.id, -entry.quantity, entry.price, entry.placed_at)

    def _customer(self, entry: Entry) -> str:
        return external_ref(self._mapping, entry.customer)


def _not_covered(entry: Entry, wanted: Wanted | None, coverage: Coverage) -> Verdict:
    left = coverage.left(wanted) if wanted is not None else 0
    if left < -entry.quantity:
        told = (
            f"{-entry.quantity} come back, but earlier sales to this customer have {left} to return"
        )
    else:
        told = "the payments of the earlier sales have less left than is to be refunded"
    return skipped("not_covered", told)
