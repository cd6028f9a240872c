from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RevokeApiKey:
    api_key_id: int


async def revoke_api_key(command: RevokeApiKey, uow: UnitOfWork, *, now: datetime) -> ApiKey:
    """Raises: ApiKeyNotFound."""
    async with uow:
        api_key = await uow.api_keys.get_by_id(command.api_key_id)
        api_key.revoke(now)
        return await uow.commit(api_key)
