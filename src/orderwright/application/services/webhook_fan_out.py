from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from orderwright.domain.entities.webhook_endpoint import WebhookEndpoint
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.event_feed import FeedEvent
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.interfaces.webhooks import WebhookReader

CONSUMER: Final = "webhooks"


class WebhookFanOut:
    """Makes a delivery of each event for each active endpoint that asked for such events.

    What happened before an endpoint was made is not sent to it unless it is replayed: so an import of
    past sales, whose events have the dates of the sales, floods nobody.
    """

    def __init__(self, webhooks: WebhookReader, clock: Clock) -> None:
        self._webhooks = webhooks
        self._clock = clock

    @property
    def name(self) -> str:
        return CONSUMER

    async def wanted(self) -> Collection[str]:
        return await self._webhooks.asked_for()

    async def rows_each(self) -> int:
        return await self._webhooks.active()

    async def consume(self, events: Sequence[FeedEvent], uow: UnitOfWork) -> None:
        endpoints = await uow.webhook_endpoints.active()
        wanted = [(each.id, event) for event in events for each in endpoints if _asks(each, event)]
        await uow.webhook_deliveries.add(wanted, self._clock.now())


def _asks(endpoint: WebhookEndpoint, event: FeedEvent) -> bool:
    return event.occurred_at >= endpoint.created_at and endpoint.events.matches(event.name)
