from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwright.domain.entities.webhook_endpoint import WebhookEndpoint
from orderwright.domain.interfaces.unit_of_work import UnitOfWork

# A transaction of so many rows is over before anybody notices that it was there.
GIVEN_UP_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteWebhook:
    endpoint_id: int


async def delete_webhook(
    command: DeleteWebhook, uow: UnitOfWork, *, now: datetime
) -> WebhookEndpoint:
    """However much waits for it: what is not given up here is sent to nobody, and deleted by and by.

    Raises: WebhookNotFound.
    """
    async with uow:
        endpoint = await uow.webhook_endpoints.get_by_id(command.endpoint_id)
        await uow.context.precondition.check(endpoint, uow)
        endpoint.delete(now)
        await uow.webhook_deliveries.give_up(
            endpoint.id, "webhook_deleted", now, limit=GIVEN_UP_AT_ONCE
        )
        return await uow.commit(endpoint)
