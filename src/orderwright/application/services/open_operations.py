"""Asking for what the gateway has not answered, whoever began it and whatever became of his task."""

from __future__ import annotations

import asyncio
from typing import Final

from orderwright.application.services.settlement import Settle
from orderwright.domain.entities.payment_operation import IN_FLIGHT
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.failure_log import FailureLog
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWorkFactory

# As many as are settled within one call to a gateway that hangs (10 s), eight at a time.
_AT_ONCE: Final = 8
_CLAIMED_AT_ONCE: Final = 64


class OpenOperations:
    """Safe to run in several processes: whoever claims operations puts off their time, so that the
    others leave them alone while he asks; if he dies, it comes again."""

    def __init__(
        self, units: UnitOfWorkFactory, settle: Settle, clock: Clock, failures: FailureLog
    ) -> None:
        self._units = units
        self._settle = settle
        self._clock = clock
        self._failures = failures

    async def ask_due(self) -> int:
        """Ask for those whose time has come; of how many orders."""
        now = self._clock.now()
        async with self._units(RequestContext()) as uow:
            orders = await uow.payments.claim_due(
                now=now, until=now + IN_FLIGHT, limit=_CLAIMED_AT_ONCE
            )
            await uow.commit()
        bound = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for order_id in orders:
                group.create_task(self._ask(order_id, bound))
        return len(orders)

    async def _ask(self, order_id: int, bound: asyncio.Semaphore) -> None:
        async with bound:
            try:
                await self._settle(order_id, RequestContext())
            except Exception as error:  # noqa: BLE001 - it is due again; the others have their turn
                self._failures.worker_failed(error)
