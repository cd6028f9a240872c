from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.webhook_endpoint import WebhookEndpoint
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteWebhook:
    endpoint_id: int


async def delete_webhook(
    command: DeleteWebhook, uow: UnitOfWork, *, now: datetime
) -> WebhookEndpoint:
    """Raises: WebhookNotFound."""
    async with uow:
        endpoint = await uow.webhook_endpoints.get_by_id(command.endpoint_id)
        await uow.context.precondition.check(endpoint, uow)
        endpoint.delete(now)
        await uow.webhook_deliveries.give_up(endpoint.id, "webhook_deleted", now)
        return await uow.commit(endpoint)
