from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self, TypeVar, overload

from orderwright.domain.errors import Unavailable
from orderwright.domain.interfaces import attachments, repositories
from orderwright.domain.interfaces.event_delivery import EventDelivery
from orderwright.domain.interfaces.history import History
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.webhooks import WebhookDeliveries

T = TypeVar("T")


class UnitOfWork(Protocol):
    """One transaction: entered, worked in, committed, or else undone on leaving.

    It may be entered again after it was left, for use cases that need a second transaction.
    When it serves a request with an Idempotency-Key, entering claims the key.
    """

    @property
    def customers(self) -> repositories.Customers: ...
    @property
    def products(self) -> repositories.Products: ...
    @property
    def locations(self) -> repositories.Locations: ...
    @property
    def stock(self) -> repositories.Stock: ...
    @property
    def orders(self) -> repositories.Orders: ...
    @property
    def payments(self) -> repositories.Payments: ...
    @property
    def refunds(self) -> repositories.Refunds: ...
    @property
    def shipments(self) -> repositories.Shipments: ...
    @property
    def returns(self) -> repositories.Returns: ...
    @property
    def attachments(self) -> attachments.Attachments: ...
    @property
    def tasks(self) -> repositories.Tasks: ...
    @property
    def users(self) -> repositories.Users: ...
    @property
    def api_keys(self) -> repositories.ApiKeys: ...
    @property
    def refresh_tokens(self) -> repositories.RefreshTokens: ...
    @property
    def sign_in_tallies(self) -> repositories.SignInTallies: ...
    @property
    def gateway_events(self) -> repositories.GatewayEvents: ...
    @property
    def idempotency_keys(self) -> repositories.IdempotencyKeys: ...
    @property
    def event_delivery(self) -> EventDelivery: ...
    @property
    def webhook_endpoints(self) -> repositories.WebhookEndpoints: ...
    @property
    def webhook_deliveries(self) -> WebhookDeliveries: ...
    @property
    def history(self) -> History: ...
    @property
    def context(self) -> RequestContext: ...

    @property
    def resumes(self) -> str | None:
        """What `checkpoint` kept before this request was interrupted, by a crash or by another
        transaction; None for a first attempt."""
        ...

    async def __aenter__(self) -> Self:
        """Raises:
        Replayed: the request was answered before.
        IdempotencyKeyReused: its key belongs to another request.
        IdempotencyInProgress: it is being served right now.
        """
        ...

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    @overload
    async def commit(self) -> None: ...
    @overload
    async def commit(self, result: T) -> T: ...
    async def commit(self, result: object = None) -> object:
        """Make everything durable at once: the changes, their events, and the answer that `result`
        renders to. Gives `result` back."""
        ...

    async def checkpoint(self, resource_id: str) -> None:
        """Make everything durable so far and leave the request open: a retry after a crash finds
        `resource_id` in `resumes` and goes on from there."""
        ...

    async def rehearse(self) -> None:
        """Write everything as `commit` would, and leave the transaction open: what follows sees it,
        nobody else does, and leaving undoes it."""
        ...

    async def reached(self, point: str) -> None:
        """A named crash point, where tests may kill the process; nothing otherwise."""
        ...


UnitOfWorkFactory = Callable[[RequestContext], UnitOfWork]


class TransactionConflict(Unavailable):
    """Nothing was changed; the whole transaction may be tried again at once."""

    code = "transaction_conflict"


class DatabaseBusy(Unavailable):
    code = "database_busy"


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
