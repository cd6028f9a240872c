"""The read side beside orders: one question, one visible SELECT, one frozen answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.entities.attachment import Attachment
from orderwright.domain.entities.customer import Customer
from orderwright.domain.entities.location import Location
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.product import Product
from orderwright.domain.entities.refund import Refund
from orderwright.domain.entities.return_ import Return
from orderwright.domain.entities.shipment import Shipment
from orderwright.domain.entities.task import Task, TaskState
from orderwright.domain.entities.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevelView:
    product_id: int
    location_id: int
    on_hand: int
    reserved: int

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One event of an order: what, when, who, and under which correlation id."""

    sequence: int
    event: str
    occurred_at: datetime
    actor: str
    correlation_id: str | None
    data: dict[str, Any]


class CatalogueReader(Protocol):
    """Entities read here are for showing: not locked, and no unit of work will write them."""

    async def customer(self, customer_id: int) -> Customer | None: ...

    async def customers(
        self, *, skip: int, limit: int, email: str | None = None, external_ref: str | None = None
    ) -> Sequence[Customer]: ...

    async def product(self, product_id: int) -> Product | None: ...

    async def products(
        self, *, skip: int, limit: int, sku: str | None = None, active: bool | None = None
    ) -> Sequence[Product]: ...

    async def locations(self, *, skip: int, limit: int) -> Sequence[Location]: ...

    async def stock_levels(
        self, *, skip: int, limit: int, product_id: int | None, location_id: int | None
    ) -> Sequence[StockLevelView]: ...


class OrderDetailsReader(Protocol):
    async def order(self, order_id: int) -> Order | None:
        """The entity itself, to ask what it would allow."""
        ...

    async def exists(self, order_id: int) -> bool: ...

    async def timeline(self, order_id: int) -> Sequence[TimelineEntry]: ...

    async def payments(self, order_id: int) -> Sequence[Payment]: ...

    async def refunds(self, order_id: int) -> Sequence[Refund]: ...

    async def shipments(self, order_id: int) -> Sequence[Shipment]: ...

    async def returns(self, order_id: int) -> Sequence[Return]: ...

    async def attachments(self, order_id: int) -> Sequence[Attachment]: ...

    async def attachment(self, order_id: int, attachment_id: str) -> Attachment | None: ...

    async def task(self, task_id: str) -> Task | None: ...

    async def tasks(self, state: TaskState, *, after: str | None, limit: int) -> Sequence[Task]:
        """The latest first, and of those the ones put down before `after`."""
        ...


class CallerReader(Protocol):
    """Whom a credential belongs to."""

    async def user(self, user_id: int) -> User | None: ...

    async def api_key_with(self, lookup: str) -> ApiKey | None: ...


class AccessReader(CallerReader, Protocol):
    async def users(
        self, *, skip: int, limit: int, username: str | None = None
    ) -> Sequence[User]: ...

    async def user_named(self, username: str) -> User | None: ...

    async def api_key(self, api_key_id: int) -> ApiKey | None: ...

    async def api_keys(self, *, skip: int, limit: int) -> Sequence[ApiKey]: ...
