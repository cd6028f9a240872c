from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.webhook_endpoint import WebhookDisabled
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.interfaces.webhooks import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTestWebhook:
    endpoint_id: int


async def send_test_webhook(
    command: SendTestWebhook, uow: UnitOfWork, *, now: datetime
) -> Delivery:
    """A delivery like any other, of an event that never happened.

    Raises: WebhookNotFound, WebhookDisabled.
    """
    async with uow:
        endpoint = await uow.webhook_endpoints.get_by_id(command.endpoint_id)
        if not endpoint.active:
            raise WebhookDisabled("the webhook is disabled: nothing is sent to it")
        return await uow.commit(await uow.webhook_deliveries.add_test(endpoint.id, now))
