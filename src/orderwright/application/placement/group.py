from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from orderwright.application.placement.candidate import Candidate
from orderwright.application.placement.catalogue_cache import CatalogueCache
from orderwright.application.placement.draft import draft_order
from orderwright.application.placement.requests import Outcome, PlacementRequest
from orderwright.domain.entities.customer import CustomerNotFound
from orderwright.domain.entities.order import DuplicateReference
from orderwright.domain.entities.reservation import allocate
from orderwright.domain.entities.shelf import Shelf
from orderwright.domain.errors import DomainError
from orderwright.domain.interfaces.order_reader import OrderInFull
from orderwright.domain.interfaces.placement import (
    Known,
    PlacementTransaction,
    Questions,
    RequestKey,
)

Shelves = Mapping[int, Sequence[Shelf]]  # by product, in the order of locations


class Group:
    """Orders on their way into one transaction, first come first served. Each question is put once
    for all of them; each order is then judged alone, and a refusal is the outcome of that order."""

    def __init__(self, requests: Sequence[PlacementRequest], tx: PlacementTransaction) -> None:
        self._tx = tx
        self._known = Known()
        self.candidates = [Candidate(request) for request in requests]
        self.shelves: Sequence[Shelf] = ()

    async def decide(self, catalogue: CatalogueCache) -> None:
        """Give every candidate its outcome, but for those that repeat another."""
        self._known = await self._tx.look_up(self._questions())
        self._repeat_what_was_answered()
        self._refuse_unknown_customers()
        await self._draft(catalogue)
        self._refuse_taken_references()
        await self._grant_stock()
        await self._number()

    def undecided(self) -> Iterator[Candidate]:
        return (each for each in self.candidates if each.outcome is None and not each.repeats)

    @property
    def repeating(self) -> list[Candidate]:
        return [each for each in self.candidates if each.repeats]

    def outcomes(self) -> list[Outcome]:
        return [each.outcome for each in self.candidates if each.outcome is not None]

    def decided(self) -> list[Candidate]:
        return [each for each in self.candidates if each.outcome is not None]

    def _questions(self) -> Questions:
        commands = [each.request.command for each in self.candidates]
        return Questions(
            keys={each.key for each in self.candidates if each.key},
            customers={each.customer_id for each in commands},
            references={each.reference for each in self.candidates if each.reference},
            products={item.product_id for each in commands for item in each.items},
        )

    def _repeat_what_was_answered(self) -> None:
        kept = self._known.kept_requests
        first: set[RequestKey] = set()
        for each in self.candidates:
            if each.key is None:
                continue
            if each.key in kept:
                each.repeat(kept[each.key])
            each.repeats = each.outcome is None and each.key in first
            first.add(each.key)

    def _refuse_unknown_customers(self) -> None:
        for each in self.undecided():
            customer_id = each.request.command.customer_id
            if customer_id not in self._known.customers:
                each.outcome = CustomerNotFound(f"no customer {customer_id}")

    def _refuse_taken_references(self) -> None:
        for each in self.undecided():
            self._refuse_taken_reference(each)

    def _refuse_taken_reference(self, candidate: Candidate) -> None:
        if candidate.reference in self._known.taken_references:
            candidate.outcome = DuplicateReference("the channel has an order with this reference")

    async def _draft(self, catalogue: CatalogueCache) -> None:
        products = await catalogue.current(self._known.product_versions, self._tx)
        for each in self.undecided():
            try:
                each.order = draft_order(each.request, products)
            except DomainError as refusal:
                each.outcome = refusal

    async def _grant_stock(self) -> None:
        lines = (line for each in self.undecided() for line in each.order.items)
        tracked = {line.product_id for line in lines if line.track_inventory}
        self.shelves = await self._tx.shelves(tracked)
        by_product: dict[int, list[Shelf]] = defaultdict(list)
        for shelf in self.shelves:
            by_product[shelf.product_id].append(shelf)
        for each in self.undecided():
            self._grant(each, by_product)

    def _grant(self, candidate: Candidate, shelves: Shelves) -> None:
        self._refuse_taken_reference(candidate)  # by one before it in this group, if by any
        if candidate.outcome is not None:
            return
        items = candidate.order.items
        wanted = dict.fromkeys(item.product_id for item in items)
        try:
            candidate.held = allocate(
                items, [shelf for product in wanted for shelf in shelves.get(product, ())]
            )
        except DomainError as refusal:
            candidate.outcome = refusal
            return
        for part in candidate.held:
            part.level.grant(part.quantity)
        if candidate.reference is not None:
            self._known.taken_references.add(candidate.reference)

    async def _number(self) -> None:
        """Last, so that a refusal takes no number."""
        placed = list(self.undecided())
        numbers = await self._tx.order_ids(len(placed))
        for each, number in zip(placed, numbers, strict=True):
            each.order.id = number
            each.outcome = OrderInFull(
                order=each.order,
                customer=self._known.customers[each.order.customer_id],
                payments=(),
                shipments=(),
            )
