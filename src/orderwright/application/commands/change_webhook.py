from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.webhook_endpoint import DisabledBecause, WebhookEndpoint
from orderwright.domain.interfaces.security import UrlGuard
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWebhook:
    """`changes` holds only what the caller named, checked at the edge."""

    endpoint_id: int
    changes: Mapping[str, object]
    active: bool | None = None


async def change_webhook(
    command: ChangeWebhook, uow: UnitOfWork, *, urls: UrlGuard, now: datetime
) -> WebhookEndpoint:
    """What waits for a disabled endpoint is sent once it is enabled; what happens meanwhile is not.

    Raises: WebhookNotFound, UrlRefused.
    """
    if "url" in command.changes:
        urls.check(str(command.changes["url"]))
    async with uow:
        endpoint = await uow.webhook_endpoints.get_by_id(command.endpoint_id)
        await uow.context.precondition.check(endpoint, uow)
        if command.changes:
            endpoint.change(command.changes, now)
        if command.active is True:
            endpoint.enable(now)
        elif command.active is False:
            endpoint.disable(DisabledBecause.BY_HAND, now)
        return await uow.commit(endpoint)
