from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwright.domain.entities.webhook_endpoint import WebhookEndpoint
from orderwright.domain.interfaces.event_feed import EventFeedReader
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.interfaces.webhooks import DeliveryNotFound
from orderwright.domain.value_objects.event_filter import EventFilter

# A transaction of so many rows is over before anybody notices that it was there.
REPLAYED_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayWebhook:
    """Of one delivery, or of one event, or of the events above `after` that became visible in a
    range of time; `events` instead of those that the endpoint asks for."""

    endpoint_id: int
    delivery_id: int | None = None
    event_id: int | None = None
    after: int = 0
    since: datetime | None = None
    until: datetime | None = None
    events: EventFilter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """`next_after` is where to go on: these were not all."""

    replayed: int
    next_after: int | None = None


async def replay_webhook(
    command: ReplayWebhook, uow: UnitOfWork, *, feed: EventFeedReader, now: datetime
) -> Replayed:
    """What it names is sent again as if for the first time, with the ids that it had.

    Raises: WebhookNotFound, DeliveryNotFound.
    """
    first, last = await _range(command, feed)
    async with uow:
        endpoint = await uow.webhook_endpoints.get_by_id(command.endpoint_id)
        if command.delivery_id is not None:
            replayed = Replayed(replayed=await _one(endpoint.id, command.delivery_id, uow, now))
        else:
            many, more = await uow.webhook_deliveries.replay_events(
                endpoint.id,
                _names(command, endpoint),
                after=first,
                until=last,
                limit=REPLAYED_AT_ONCE,
                now=now,
            )
            replayed = Replayed(replayed=many, next_after=more)
        return await uow.commit(replayed)


async def _one(endpoint_id: int, delivery_id: int, uow: UnitOfWork, now: datetime) -> int:
    replayed = await uow.webhook_deliveries.replay_one(endpoint_id, delivery_id, now)
    if not replayed:
        raise DeliveryNotFound("the webhook has no such delivery at rest")
    return replayed


async def _range(command: ReplayWebhook, feed: EventFeedReader) -> tuple[int, int]:
    if command.event_id is not None:
        return command.event_id - 1, command.event_id
    since = await feed.last_before(command.since) if command.since else 0
    until = await feed.last_before(command.until) if command.until else await feed.head()
    return max(command.after, since), until


def _names(command: ReplayWebhook, endpoint: WebhookEndpoint) -> frozenset[str]:
    if command.event_id is not None and command.events is None:
        return EventFilter.of(["*"]).names()
    return (command.events or endpoint.events).names()
