"""Giving every event its position, as soon as it is committed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.event_delivery import DeliveryReader
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWorkFactory

AT_ONCE: Final = 1_000


class EventRelay:
    """Several may run side by side: one gives positions, the others go on with what they do."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        deliveries: DeliveryReader,
        clock: Clock,
        *,
        numbered: Callable[[], None] = lambda: None,
    ) -> None:
        """`numbered` is called when there are new positions."""
        self._units = units
        self._deliveries = deliveries
        self._clock = clock
        self._numbered = numbered

    async def number_due(self) -> int:
        """To how many events it gave a position."""
        if not await self._deliveries.is_unnumbered():
            return 0
        many = await self._number()
        if many:
            self._numbered()
        return many

    async def _number(self) -> int:
        async with self._units(RequestContext()) as uow:
            many = await uow.event_delivery.number(now=self._clock.now(), limit=AT_ONCE)
            await uow.reached("relay.before_commit")
            await uow.commit()
        return many or 0
