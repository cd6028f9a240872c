from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.entities.user import User
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.readers.reading import Reading


class SqlAccessReader(Reading):
    async def user(self, user_id: int) -> User | None:
        found: User | None = await self._one(select(User).where(tables.users.c.id == user_id))
        return found

    async def user_named(self, username: str) -> User | None:
        name = func.lower(tables.users.c.username)
        found: User | None = await self._one(select(User).where(name == func.lower(username)))
        return found

    async def api_key_with(self, lookup: str) -> ApiKey | None:
        found: ApiKey | None = await self._one(
            select(ApiKey).where(tables.api_keys.c.lookup == lookup)
        )
        return found

    async def api_keys(self, *, skip: int, limit: int) -> Sequence[ApiKey]:
        return await self._all(
            select(ApiKey).order_by(tables.api_keys.c.id).offset(skip).limit(limit)
        )
