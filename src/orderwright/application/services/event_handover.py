"""Handing events over to those who follow: each once in effect, in the order of each aggregate, and
one that cannot be taken stands in the way of nobody but its own aggregate."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from orderwright.application.services.event_turn import ClaimLost, HandoverLimits, Turn
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.event_delivery import Claim, DeliveryReader
from orderwright.domain.interfaces.event_feed import EventConsumer, EventFeedReader
from orderwright.domain.interfaces.failure_log import EventFailureLog
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWorkFactory


class EventHandover:
    """Several may run side by side: each consumer is served by one of them at a time."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        feed: EventFeedReader,
        deliveries: DeliveryReader,
        clock: Clock,
        failures: EventFailureLog,
        *,
        consumers: Sequence[EventConsumer],
        limits: HandoverLimits,
    ) -> None:
        self._units = units
        self._feed = feed
        self._deliveries = deliveries
        self._consumers: Mapping[str, EventConsumer] = {each.name: each for each in consumers}
        self._clock = clock
        self._failures = failures
        self._limits = limits
        self._begun = False

    async def run_due(self) -> int:
        """A batch for each consumer that has something to take, side by side; through how many events
        the busiest of them went."""
        if not self._consumers:
            return 0
        await self.begin()
        waiting = await self._deliveries.waiting(self._clock.now())
        mine = sorted(self._consumers.keys() & set(waiting))
        went = await asyncio.gather(*(self._serve(self._consumers[name]) for name in mine))
        return max(went, default=0)

    async def begin(self) -> None:
        """Those consumers that nobody knew yet follow from here on."""
        if not self._begun:
            async with self._units(RequestContext()) as uow:
                await uow.event_delivery.begin(self._consumers.keys())
                await uow.commit()
            self._begun = True

    async def _serve(self, consumer: EventConsumer) -> int:
        try:
            rows_each = await consumer.rows_each()
            claim = await self._claim(consumer)
            return await self._turn(consumer, claim, rows_each).take() if claim else 0
        except ClaimLost:
            return 0
        except Exception as error:  # noqa: BLE001 - the consumers beside this one have their turn
            self._failures.worker_failed(error)
            return 0

    async def _claim(self, consumer: EventConsumer) -> Claim | None:
        now = self._clock.now()
        async with self._units(RequestContext()) as uow:
            claim = await uow.event_delivery.claim(
                consumer.name, now=now, until=now + self._limits.lease
            )
            await uow.commit()
        if claim is not None:
            await uow.reached("relay.after_claim")
        return claim

    def _turn(self, consumer: EventConsumer, claim: Claim, rows_each: int = 1) -> Turn:
        return Turn(
            consumer=consumer,
            claim=claim,
            units=self._units,
            feed=self._feed,
            clock=self._clock,
            failures=self._failures,
            limits=self._limits,
            # What becomes many rows goes in smaller parts: others wait for the lock of each.
            part_max=max(1, self._limits.at_once // max(1, rows_each)),
        )
