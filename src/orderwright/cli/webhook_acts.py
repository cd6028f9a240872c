"""What the commands about webhooks do, with the service at hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from orderwright.cli.runtime import acting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from orderwright.application.commands.create_webhook import CreateWebhook, WithSecret
    from orderwright.application.commands.replay_webhook import ReplayWebhook
    from orderwright.container import Container
    from orderwright.domain.entities.webhook_endpoint import WebhookEndpoint
    from orderwright.domain.interfaces.webhooks import Delivery

_PAGE: Final = 100


def to_create(
    url: str, events: Sequence[str] | None, description: str, *, thin: bool, cloudevents: bool
) -> CreateWebhook:
    from orderwright.application.commands.create_webhook import CreateWebhook
    from orderwright.domain.entities.webhook_endpoint import Envelope, PayloadStyle
    from orderwright.domain.value_objects.event_filter import EventFilter

    return CreateWebhook(
        url=url,
        description=description,
        events=EventFilter.of(events) if events else EventFilter.OF_ORDERS,
        payload=PayloadStyle.THIN if thin else PayloadStyle.FULL,
        envelope=Envelope.CLOUDEVENTS if cloudevents else Envelope.PLAIN,
    )


async def all_webhooks(container: Container) -> list[WebhookEndpoint]:
    reader, found = container.webhook_reader(), list[Any]()
    while page := await reader.endpoints(skip=len(found), limit=_PAGE):
        found += page
    return found


async def create(container: Container, command: CreateWebhook) -> WithSecret:
    from orderwright.application.commands.create_webhook import create_webhook

    return await create_webhook(
        command,
        acting(container),
        urls=container.url_guard(),
        ids=container.ids(),
        sealer=container.webhook_sealer(),
        now=container.clock().now(),
    )


async def rotate(container: Container, endpoint_id: int) -> WithSecret:
    from orderwright.application.commands.rotate_webhook_secret import (
        RotateWebhookSecret,
        rotate_webhook_secret,
    )

    return await rotate_webhook_secret(
        RotateWebhookSecret(endpoint_id=endpoint_id, overlap=container.webhook_rotation()),
        acting(container),
        ids=container.ids(),
        sealer=container.webhook_sealer(),
        now=container.clock().now(),
    )


async def remove(container: Container, endpoint_id: int) -> None:
    from orderwright.application.commands.delete_webhook import DeleteWebhook, delete_webhook

    command = DeleteWebhook(endpoint_id=endpoint_id)
    await delete_webhook(command, acting(container), now=container.clock().now())


async def send_test(container: Container, endpoint_id: int) -> Delivery:
    from orderwright.application.commands.send_test_webhook import (
        SendTestWebhook,
        send_test_webhook,
    )

    command = SendTestWebhook(endpoint_id=endpoint_id)
    return await send_test_webhook(command, acting(container), now=container.clock().now())


def to_replay(
    endpoint_id: int,
    delivery: int | None,
    event: int | None,
    between: tuple[datetime | None, datetime | None],
    types: Sequence[str] | None,
) -> ReplayWebhook:
    from orderwright.application.commands.replay_webhook import ReplayWebhook
    from orderwright.domain.value_objects.event_filter import EventFilter

    since, until = (moment and moment.replace(tzinfo=UTC) for moment in between)
    return ReplayWebhook(
        endpoint_id=endpoint_id,
        delivery_id=delivery,
        event_id=event,
        since=since,
        until=until,
        events=EventFilter.of(types) if types else None,
    )


async def replay(container: Container, command: ReplayWebhook) -> int:
    """All of them, a transaction after the other."""
    from orderwright.application.commands.replay_webhook import replay_webhook

    many, following = 0, command
    while True:
        replayed = await replay_webhook(
            following,
            acting(container),
            feed=container.event_feed_reader(),
            now=container.clock().now(),
        )
        many += replayed.replayed
        if replayed.next_after is None:
            return many
        following = replace(command, after=replayed.next_after)


async def deliveries_of(container: Container, endpoint_id: int, limit: int) -> Sequence[Delivery]:
    from orderwright.domain.entities.webhook_endpoint import WebhookNotFound

    reader = container.webhook_reader()
    if await reader.endpoint(endpoint_id) is None:
        raise WebhookNotFound("no webhook has this id")
    return await reader.deliveries(
        endpoint_id, below=None, limit=limit, state=None, event_type=None
    )
