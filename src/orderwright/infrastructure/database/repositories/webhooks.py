from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.webhook_endpoint import (
    EndpointStatus,
    WebhookEndpoint,
    WebhookNotFound,
)
from orderwright.infrastructure.database.repositories.kept import Kept
from orderwright.infrastructure.database.tables_webhooks import webhook_endpoints


class SqlWebhookEndpoints(Kept[WebhookEndpoint, int]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, WebhookEndpoint, WebhookNotFound)

    async def get_by_id(self, entity_id: int) -> WebhookEndpoint:
        found = await super().get_by_id(entity_id)
        if found.status is EndpointStatus.DELETED:
            raise WebhookNotFound("no webhook has this id")
        return found

    async def active(self) -> Sequence[WebhookEndpoint]:
        columns = webhook_endpoints.c
        return await self._all(columns.status == EndpointStatus.ACTIVE, columns.id)
