from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from orderwright.application.commands.expire_order import ExpireOrder, expire_order
from orderwright.application.services.settlement import Settle
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.failure_log import FailureLog
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWorkFactory

# To look for; each order is a short transaction of its own, so that others have their turn.
PAGE: Final = 100
# Where money has to be given back a gateway is waited for, up to 10 s.
_AT_ONCE: Final = 8


class Expiry:
    """Cancels orders that nobody paid for in time. Several processes may do it at once: each order is
    looked at again under its lock, and expires once."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        settle: Settle,
        clock: Clock,
        ids: Ids,
        failures: FailureLog,
        *,
        after: timedelta,
    ) -> None:
        self._units = units
        self._settle = settle
        self._clock = clock
        self._ids = ids
        self._failures = failures
        self._after = after

    async def expire_due(self) -> int:
        """How many orders expired."""
        placed_before = self._clock.now() - self._after
        expired, goes_on = 0, True
        while goes_on:
            late = await self._late(placed_before)
            some = await self._expire_all(late)
            # Those that cannot are found again: a page of them is left for the next sweep.
            expired, goes_on = expired + some, len(late) == PAGE and some > 0
        return expired

    async def _late(self, placed_before: datetime) -> Sequence[ExpireOrder]:
        async with self._units(RequestContext()) as uow:
            late = await uow.orders.pending_since(placed_before, limit=PAGE)
        return [ExpireOrder(order_id=each, placed_before=placed_before) for each in late]

    async def _expire_all(self, late: Sequence[ExpireOrder]) -> int:
        bound = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            expiring = [group.create_task(self._in_turn(each, bound)) for each in late]
        return sum(each.result() for each in expiring)

    async def _in_turn(self, command: ExpireOrder, bound: asyncio.Semaphore) -> bool:
        async with bound:
            return await self._expire(command)

    async def _expire(self, command: ExpireOrder) -> bool:
        try:
            return await expire_order(
                command,
                self._units(RequestContext()),
                settle=self._settle,
                now=self._clock.now(),
                ids=self._ids,
            )
        except Exception as error:  # noqa: BLE001 - one order that cannot must not keep the others
            self._failures.worker_failed(error)
            return False
