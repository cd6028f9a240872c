"""What the service does in the background, by the name that tasks carry. Handlers are safe to run
again: a task is run at least once, and its effects are there once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from orderwright.application.commands.process_order import (
    PROCESS_ORDER,
    ProcessOrder,
    process_order,
)
from orderwright.application.commands.settle_order import SETTLE_ORDER
from orderwright.application.services.processing_result import declined, result_of, unresolved
from orderwright.application.services.settlement import Settlement
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.entities.task import Task
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.payment_gateway import PaymentGateway
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWorkFactory

TaskResult = dict[str, object]
TaskHandler = Callable[[Task], Awaitable[TaskResult]]


class TaskHandlers:
    def __init__(
        self,
        units: UnitOfWorkFactory,
        gateway: PaymentGateway,
        settlement: Settlement,
        clock: Clock,
        ids: Ids,
        *,
        capture: bool = True,
    ) -> None:
        """Processing an order captures its money, or else only has it authorised."""
        self._units = units
        self._gateway = gateway
        self._settlement = settlement
        self._clock = clock
        self._ids = ids
        self._capture = capture
        self.orders_in_progress = 0

    def by_name(self) -> Mapping[str, TaskHandler]:
        return {PROCESS_ORDER: self.process_order, SETTLE_ORDER: self.settle_order}

    async def process_order(self, task: Task) -> TaskResult:
        """Raises: PaymentFailed: the gateway declined; the order stays pending.
        PaymentUnresolved, Unavailable: to be run again."""
        command = ProcessOrder(
            order_id=cast("int", task.payload["order_id"]),
            provider=self._gateway.name,
            payment_token=cast("str | None", task.payload["payment_token"]),
            capture=self._capture,
            # One that was put down by an earlier release does not say.
            payments_before=cast("int", task.payload.get("payments_before", 0)),
        )
        with self._counted():
            order = await process_order(
                command,
                self._units(_context(task)),
                settle=self._settlement.settle,
                now=self._clock.now(),
                ids=self._ids,
            )
        if order.payment_status is PaymentStatus.FAILED:
            raise declined(order.id)
        if order.status is OrderStatus.PENDING and order.payment_status is PaymentStatus.UNPAID:
            raise unresolved(order.id)
        return _result(order)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.orders_in_progress += 1
        try:
            yield
        finally:
            self.orders_in_progress -= 1

    async def settle_order(self, task: Task) -> TaskResult:
        order_id = cast("int", task.payload["order_id"])
        late = cast("str | None", task.payload.get("late"))
        if late is not None:
            await self._settlement.hear_after_all(order_id, late, _context(task))
        await self._settlement.settle(order_id, _context(task))
        async with self._units(_context(task)) as uow:
            return _result(await uow.orders.get_by_id(order_id))


def _context(task: Task) -> RequestContext:
    return RequestContext(correlation_id=task.correlation_id)


def _result(order: Order) -> TaskResult:
    if order.payment_status is PaymentStatus.UNKNOWN:
        raise unresolved(order.id)
    return result_of(order)
