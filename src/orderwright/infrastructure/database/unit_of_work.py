from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Self, TypeVar, overload

from sqlalchemy import event, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from orderwright.domain.entities.aggregate import Aggregate
from orderwright.domain.entities.stock import StockLevel
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.task_queue import TasksWait, nobody
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.bulk.event_rows import By, unwritten_events
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.errors import in_domain_words
from orderwright.infrastructure.database.repositories.access import (
    SqlApiKeys,
    SqlRefreshTokens,
    SqlSignInTallies,
    SqlUsers,
)
from orderwright.infrastructure.database.repositories.attachments import SqlAttachments
from orderwright.infrastructure.database.repositories.catalogue import (
    SqlCustomers,
    SqlLocations,
    SqlProducts,
)
from orderwright.infrastructure.database.repositories.event_delivery import SqlEventDelivery
from orderwright.infrastructure.database.repositories.gateway_events import SqlGatewayEvents
from orderwright.infrastructure.database.repositories.history import SqlHistory
from orderwright.infrastructure.database.repositories.orders import (
    SqlOrders,
    SqlPayments,
    SqlRefunds,
    SqlReturns,
    SqlShipments,
)
from orderwright.infrastructure.database.repositories.requests import IdempotencyKeys
from orderwright.infrastructure.database.repositories.stock import SqlStock
from orderwright.infrastructure.database.repositories.tasks import SqlTasks
from orderwright.infrastructure.database.repositories.webhook_deliveries import (
    SqlWebhookDeliveries,
)
from orderwright.infrastructure.database.repositories.webhooks import SqlWebhookEndpoints

T = TypeVar("T")
CrashPoint = Callable[[str], Awaitable[None]]

# Longer than a request may take (its deadline is 8 s): a live one never loses its key.
REQUEST_LEASE: Final = timedelta(seconds=15)


class SqlUnitOfWork:
    """A database transaction with the repositories that work in it. Used by one task at a time."""

    customers: SqlCustomers
    products: SqlProducts
    locations: SqlLocations
    stock: SqlStock
    orders: SqlOrders
    payments: SqlPayments
    refunds: SqlRefunds
    shipments: SqlShipments
    returns: SqlReturns
    attachments: SqlAttachments
    tasks: SqlTasks
    users: SqlUsers
    api_keys: SqlApiKeys
    refresh_tokens: SqlRefreshTokens
    sign_in_tallies: SqlSignInTallies
    gateway_events: SqlGatewayEvents
    idempotency_keys: IdempotencyKeys
    webhook_endpoints: SqlWebhookEndpoints
    webhook_deliveries: SqlWebhookDeliveries
    history: SqlHistory
    event_delivery: SqlEventDelivery

    def __init__(
        self,
        database: Database,
        clock: Clock,
        crash_point: CrashPoint,
        context: RequestContext,
        *,
        request_lease: timedelta = REQUEST_LEASE,
        tasks_wait: TasksWait = nobody,
        events_wait: Callable[[], None] = lambda: None,
        webhooks_wait: Callable[[], None] = lambda: None,
    ) -> None:
        """`tasks_wait` is called after a commit that put tasks down for whoever runs them,
        `events_wait` after one that wrote events, `webhooks_wait` after one that made deliveries due."""
        self.context = context
        self._by = By(context.actor.name, context.correlation_id)
        self.resumes: str | None = None
        self._database = database
        self._clock = clock
        self._crash_point = crash_point
        self._request_lease = request_lease
        self._tasks_wait = tasks_wait
        self._events_wait = events_wait
        self._webhooks_wait = webhooks_wait
        self._wrote_events = False
        self._claimed = False

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as undo:
            self._session = await undo.enter_async_context(self._database.write_sessions())
            self._touched: dict[int, Any] = {}
            event.listen(self._session.sync_session, "before_flush", _holding(self._touched))
            self._open_repositories(self._session)
            with in_domain_words():
                await self._claim_key()
            self._closing = undo.pop_all()
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            with in_domain_words():
                await self._closing.aclose()  # rolls back whatever was not committed
                if error is not None:
                    raise error
        finally:
            del error  # its traceback knows this call: a circle, and all that the request has in it

    @overload
    async def commit(self) -> None: ...
    @overload
    async def commit(self, result: T) -> T: ...
    async def commit(self, result: object = None) -> object:
        with in_domain_words():
            await self._write_records()
            shown = await self._completed(result)
            if self.context.request is not None:
                await self.idempotency_keys.answer(
                    self.context.request, self.context.request.render(shown)
                )
            await self._session.commit()
        self._tell()
        return result

    async def checkpoint(self, resource_id: str) -> None:
        with in_domain_words():
            await self._write_records()
            if self.context.request is not None:
                await self.idempotency_keys.leave_open(self.context.request, resource_id)
            await self._session.commit()
        self._claimed = True
        self.resumes = resource_id
        self._tell()

    async def rehearse(self) -> None:
        with in_domain_words():
            await self._write_records()
            # Nothing is held on to: a rehearsal may be longer than memory is large.
            self._session.expunge_all()
            self._touched.clear()

    async def reached(self, point: str) -> None:
        await self._crash_point(point)

    def _open_repositories(self, session: AsyncSession) -> None:
        self.customers = SqlCustomers(session)
        self.products = SqlProducts(session)
        self.locations = SqlLocations(session)
        self.stock = SqlStock(session)
        self.orders = SqlOrders(session)
        self.payments = SqlPayments(session)
        self.refunds = SqlRefunds(session)
        self.shipments = SqlShipments(session)
        self.returns = SqlReturns(session)
        self.attachments = SqlAttachments(session)
        self.tasks = SqlTasks(session)
        self.users = SqlUsers(session)
        self.api_keys = SqlApiKeys(session)
        self.refresh_tokens = SqlRefreshTokens(session)
        self.sign_in_tallies = SqlSignInTallies(session)
        self.gateway_events = SqlGatewayEvents(session)
        self.webhook_endpoints = SqlWebhookEndpoints(session)
        self.webhook_deliveries = SqlWebhookDeliveries(session)
        self.history = SqlHistory(session, self._by)
        self.event_delivery = SqlEventDelivery(session)
        self.idempotency_keys = IdempotencyKeys(
            session, self.context.actor.name, self._request_lease
        )

    async def _claim_key(self) -> None:
        # Entered again after a checkpoint, the key is this unit of work's own already.
        if self.context.request is not None and not self._claimed:
            self.resumes = await self.idempotency_keys.claim(
                self.context.request, self._clock.now()
            )

    async def _completed(self, result: object) -> object:
        complete = self.context.complete
        return result if complete is None else await complete(result, self)

    def _tell(self) -> None:
        if self.tasks.put_down:
            self._tasks_wait(self.tasks.put_down)
        if self._wrote_events:
            self._events_wait()
        if self.webhook_deliveries.made_due:
            self._webhooks_wait()

    async def _write_records(self) -> None:
        """The events and stock movements of everything touched here, in this transaction."""
        await self._session.flush()
        touched = list(self._touched.values())
        levels = [each for each in touched if isinstance(each, StockLevel)]
        movements = [movement for level in levels for movement in level.take_movements()]
        await self.stock.write_movements(movements, self.context.actor.name)
        await self._write_events([each for each in touched if isinstance(each, Aggregate)])

    async def _write_events(self, aggregates: list[Aggregate]) -> None:
        rows = [row for aggregate in aggregates for row in unwritten_events(aggregate, self._by)]
        if rows:
            await self._session.execute(insert(tables.events), rows)
            self._wrote_events = True


def _holding(touched: dict[int, Any]) -> Callable[..., None]:
    """Knows no unit of work, which knows the session: all of it would be left to the garbage collector."""

    def hold(session: Session, *_: object) -> None:
        # After a flush the session holds its entities only weakly: one that a use case let go of
        # would take its unwritten events along.
        touched.update((id(entity), entity) for entity in (*session.new, *session.dirty))

    return hold
