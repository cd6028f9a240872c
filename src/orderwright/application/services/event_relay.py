"""Giving every event its position, as soon as it is committed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.event_delivery import DeliveryReader
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWorkFactory

# A round costs about the same for one event as for a hundred, so under load it waits for company; nobody
# who follows minds so little.
GATHER_S: Final = 0.05
_AT_ONCE: Final = 1_000


class EventRelay:
    """Several may run side by side: one gives positions, the others go on with what they do."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        deliveries: DeliveryReader,
        clock: Clock,
        *,
        numbered: Callable[[], None] = lambda: None,
        gather_s: float = GATHER_S,
    ) -> None:
        """`numbered` is called when there are new positions."""
        self._units = units
        self._deliveries = deliveries
        self._clock = clock
        self._numbered = numbered
        self._gather_s = gather_s

    async def number_due(self) -> int:
        """To how many events it gave a position."""
        if not (await self._deliveries.waiting(self._clock.now())).is_unnumbered:
            return 0
        many = await self._number()
        if many:
            self._numbered()
        if many < _AT_ONCE:
            await asyncio.sleep(self._gather_s)
        return many

    async def _number(self) -> int:
        async with self._units(RequestContext()) as uow:
            many = await uow.event_delivery.number(now=self._clock.now(), limit=_AT_ONCE)
            await uow.reached("relay.before_commit")
            await uow.commit()
        return many or 0
