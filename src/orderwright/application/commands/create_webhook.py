from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from orderwright.application.services.webhook_signature import new_secret
from orderwright.domain.entities.webhook_endpoint import Envelope, PayloadStyle, WebhookEndpoint
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.security import SecretSealer, UrlGuard
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.event_filter import EventFilter


@dataclass(frozen=True, kw_only=True)
class CreateWebhook:
    url: str
    description: str = ""
    events: EventFilter = EventFilter.OF_ORDERS
    payload: PayloadStyle = PayloadStyle.FULL
    envelope: Envelope = Envelope.PLAIN


@dataclass(frozen=True, kw_only=True)
class WithSecret:
    """`secret` as the receiver needs it. It exists here and with the caller; kept is a sealed one."""

    endpoint: WebhookEndpoint
    secret: str = field(repr=False)


async def create_webhook(
    command: CreateWebhook,
    uow: UnitOfWork,
    *,
    urls: UrlGuard,
    ids: Ids,
    sealer: SecretSealer,
    now: datetime,
) -> WithSecret:
    """Raises: UrlRefused."""
    urls.check(command.url)
    secret = new_secret(ids)
    async with uow:
        endpoint = WebhookEndpoint.create(
            url=command.url,
            description=command.description,
            events=command.events,
            payload=command.payload,
            envelope=command.envelope,
            secret=sealer.seal(secret),
            now=now,
        )
        await uow.webhook_endpoints.add(endpoint)
        return await uow.commit(WithSecret(endpoint=endpoint, secret=secret))
