"""Customers and products by the names a file gives them, found or made a group at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Final, Generic, TypeVar

from orderwright.application.importing.facts import Facts
from orderwright.application.importing.lines import Entry
from orderwright.application.importing.mapping import Mapping
from orderwright.domain.entities.customer import Customer
from orderwright.domain.entities.product import Product
from orderwright.domain.errors import Rejected
from orderwright.domain.interfaces.history import KnownProduct
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.money import UnitPrice

# More than most shops have of either; what falls out is simply asked for again.
_REMEMBERED_MAX: Final = 20_000
_EXTERNAL_REF_MAX: Final = 200

T = TypeVar("T")


class Recent(Generic[T]):
    """The entries used last, and no more than so many."""

    def __init__(self, size: int = _REMEMBERED_MAX) -> None:
        self._size = size
        self._entries: OrderedDict[str, T] = OrderedDict()

    def get(self, key: str) -> T | None:
        if key in self._entries:
            self._entries.move_to_end(key)
        return self._entries.get(key)

    def remember(self, entries: dict[str, T]) -> None:
        self._entries.update(entries)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)


class Memory:
    """What earlier transactions of an import committed; it saves asking again."""

    def __init__(self) -> None:
        self.customers: Recent[int] = Recent()
        self.products: Recent[KnownProduct] = Recent()


@dataclass(frozen=True, slots=True)
class NewCustomer:
    external_ref: str
    name: str
    since: datetime


class Known:
    """The same within one transaction. `confirm` it once that is committed: what a transaction made
    and lost must not be remembered."""

    def __init__(self, uow: UnitOfWork, memory: Memory) -> None:
        self._uow = uow
        self._memory = memory
        self.customers: dict[str, int] = {}
        self.products: dict[str, KnownProduct] = {}
        self._newly_met: set[int] = set()

    def newly_met_products(self) -> set[int]:
        """The tracked ones met since this was last asked."""
        met, self._newly_met = self._newly_met, set()
        return met

    def confirm(self) -> None:
        self._memory.customers.remember(self.customers)
        self._memory.products.remember(self.products)

    async def find_customers(self, refs: Iterable[str]) -> list[str]:
        """Look those up that are not known yet; those that do not exist."""
        missing = self._unknown(refs, self.customers, self._memory.customers)
        if missing:
            self.customers |= await self._uow.history.customer_ids(missing)
        return [ref for ref in missing if ref not in self.customers]

    async def find_products(self, skus: Iterable[str]) -> list[str]:
        missing = self._unknown(skus, self.products, self._memory.products)
        if missing:
            self._meet(await self._uow.history.products(missing))
        return [sku for sku in missing if sku not in self.products]

    async def make_customers(self, wanted: Sequence[NewCustomer]) -> None:
        by_ref = {each.external_ref: each for each in reversed(wanted)}  # the first one counts
        missing = await self.find_customers(by_ref)
        made = [
            Customer.create(name=by_ref[ref].name, external_ref=ref, now=by_ref[ref].since)
            for ref in missing
        ]
        if made:
            await self._uow.history.add_customers(made)
            self.customers |= {str(each.external_ref): each.id for each in made}

    async def make_products(self, wanted: Sequence[Entry], mapping: Mapping) -> None:
        by_sku = {entry.sku: entry for entry in reversed(wanted)}
        missing = await self.find_products(by_sku)
        made = [_new_product(by_sku[sku], mapping) for sku in missing]
        if made:
            await self._uow.history.add_products(made)
            self._meet(map(_known, made))

    def _meet(self, products: Iterable[KnownProduct]) -> None:
        for product in products:
            self.products[product.sku] = product
            if product.track_inventory:
                self._newly_met.add(product.id)

    def _unknown(self, keys: Iterable[str], here: dict[str, T], before: Recent[T]) -> list[str]:
        unknown = []
        for key in dict.fromkeys(keys):
            if key in here:
                continue
            remembered = before.get(key)
            if remembered is None:
                unknown.append(key)
            else:
                here[key] = remembered
        return unknown


def external_ref(mapping: Mapping, customer: str) -> str:
    """Sales without a customer belong to one guest a mapping."""
    if not customer:
        return f"{mapping.name}:guest"
    namespace = mapping.customer_namespace
    return (f"{namespace}:{customer}" if namespace else customer)[:_EXTERNAL_REF_MAX]


def new_customer(mapping: Mapping, entry: Entry, facts: Facts) -> NewCustomer:
    guest = f"Guest ({mapping.name})"
    name = facts.customer_name or (f"Customer {entry.customer}" if entry.customer else guest)
    return NewCustomer(external_ref(mapping, entry.customer), name[:200], entry.placed_at)


def _new_product(entry: Entry, mapping: Mapping) -> Product:
    return Product.create(
        sku=entry.sku,
        name=entry.name or entry.sku,
        price=_list_price(entry),
        track_inventory=not any(fnmatchcase(entry.sku, each) for each in mapping.untracked),
        now=entry.placed_at,
    )


def _list_price(entry: Entry) -> UnitPrice:
    """What the product costs today where the file knows it, else what it cost on this line."""
    price = entry.facts.list_price(entry.values)
    try:
        return UnitPrice.parse(price, entry.currency) if price else entry.price
    except Rejected:
        return entry.price


def _known(made: Product) -> KnownProduct:
    return KnownProduct(made.id, made.sku, made.name, made.currency, made.track_inventory)
