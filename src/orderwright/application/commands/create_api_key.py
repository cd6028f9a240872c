from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from orderwright.application.services.api_key_text import key_text, new_lookup
from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.security import SecretHasher
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.permission import Permission


@dataclass(frozen=True, kw_only=True)
class CreateApiKey:
    name: str
    permissions: frozenset[Permission]


@dataclass(frozen=True, kw_only=True)
class CreatedApiKey:
    """`text` is the key itself. It exists here and with the caller, nowhere else."""

    api_key: ApiKey
    text: str = field(repr=False)


async def create_api_key(
    command: CreateApiKey, uow: UnitOfWork, *, ids: Ids, secrets: SecretHasher, now: datetime
) -> CreatedApiKey:
    lookup, secret = new_lookup(ids), ids.secret()
    async with uow:
        api_key = ApiKey.create(
            name=command.name,
            lookup=lookup,
            secret_hash=secrets.hash(secret),
            permissions=command.permissions,
            now=now,
        )
        await uow.api_keys.add(api_key)
        return await uow.commit(CreatedApiKey(api_key=api_key, text=key_text(lookup, secret)))
