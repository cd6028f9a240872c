"""What a group of orders needs of the database: one transaction, a handful of set-wise statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from orderwright.domain.entities.placed_order import PlacedOrder
from orderwright.domain.entities.shelf import Shelf
from orderwright.domain.entities.task import Task
from orderwright.domain.errors import Unavailable
from orderwright.domain.interfaces.order_reader import CustomerView
from orderwright.domain.interfaces.requests import Answer
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import UnitPrice

RequestKey = tuple[str, str]  # caller, Idempotency-Key
Reference = tuple[str, str]  # channel, reference


class CommitUnknown(Unavailable):
    """The connection was lost while committing: the group is there, or it is not."""

    code = "commit_unknown"


@dataclass(frozen=True, slots=True)
class CatalogueProduct:
    """What placing an order has to know of a product; `version` grows with every change of it."""

    id: int
    sku: str
    name: str
    price: UnitPrice
    currency: Currency
    active: bool
    track_inventory: bool
    version: int


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """What is known of an Idempotency-Key; without `answer` somebody works on it until `lease_until`."""

    fingerprint: str
    answer: Answer | None
    lease_until: datetime


class AnsweredRequest(NamedTuple):
    """An answer to be kept for whoever sends the request again."""

    caller: str
    key: str
    fingerprint: str
    answer: Answer
    at: datetime


class PlacedBy(NamedTuple):
    """An order with who placed it, under which correlation id."""

    order: PlacedOrder
    actor: str
    correlation_id: str | None


class Hold(NamedTuple):
    """Units of one line reserved at one location: a row among the reservations, and one in the ledger
    of stock."""

    order_id: int
    item_id: int
    product_id: int
    location_id: int
    quantity: int
    at: datetime
    actor: str


@dataclass(slots=True)
class GroupRecords:
    """Everything one group writes."""

    orders: list[PlacedBy] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    answers: list[AnsweredRequest] = field(default_factory=list)
    shelves: list[Shelf] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What has to be known before the orders of a group can be judged."""

    keys: Collection[RequestKey]
    customers: Collection[int]
    references: Collection[Reference]
    products: Collection[int]


@dataclass(slots=True, kw_only=True)
class Known:
    """Of what was asked that which there is."""

    kept_requests: dict[RequestKey, KeptRequest] = field(default_factory=dict)
    customers: dict[int, CustomerView] = field(default_factory=dict)
    taken_references: set[Reference] = field(default_factory=set)
    product_versions: dict[int, int] = field(default_factory=dict)


class PlacementTransaction(Protocol):
    """Each method is one statement, where the database has one for it."""

    async def look_up(self, questions: Questions) -> Known: ...

    async def products(self, ids: Collection[int]) -> Sequence[CatalogueProduct]: ...

    async def shelves(self, product_ids: Collection[int]) -> Sequence[Shelf]:
        """All stock of these products, locked in the order of product and location."""
        ...

    async def order_ids(self, count: int) -> Sequence[int]: ...

    async def write(self, records: GroupRecords) -> None:
        """Raises:
        TransactionConflict: a key of `records.answers` was answered by another transaction since.
        DomainError: the database refuses one of the rows, so all of them.
        """
        ...

    async def commit(self) -> None:
        """Raises: CommitUnknown."""
        ...


class PlacementStore(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[PlacementTransaction]:
        """Undone on leaving unless committed.

        Raises: TransactionConflict, DatabaseBusy, DatabaseUnavailable; also from within.
        """
        ...

    async def have_orders(self, order_ids: Collection[int]) -> bool:
        """Whether these, numbered by a transaction whose end is unknown, were committed."""
        ...
