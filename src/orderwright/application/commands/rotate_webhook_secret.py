from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from orderwright.application.commands.create_webhook import WithSecret
from orderwright.application.services.webhook_signature import new_secret
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.security import SecretSealer
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateWebhookSecret:
    """The secret of before signs too, for so long."""

    endpoint_id: int
    overlap: timedelta


async def rotate_webhook_secret(
    command: RotateWebhookSecret, uow: UnitOfWork, *, ids: Ids, sealer: SecretSealer, now: datetime
) -> WithSecret:
    """Raises: WebhookNotFound."""
    secret = new_secret(ids)
    async with uow:
        endpoint = await uow.webhook_endpoints.get_by_id(command.endpoint_id)
        await uow.context.precondition.check(endpoint, uow)
        endpoint.rotate(sealer.seal(secret), former_until=now + command.overlap, now=now)
        return await uow.commit(WithSecret(endpoint=endpoint, secret=secret))
