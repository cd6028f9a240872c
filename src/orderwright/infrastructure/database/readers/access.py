from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.entities.user import User
from orderwright.infrastructure.database import tables_access
from orderwright.infrastructure.database.readers.reading import Reading


def _named(username: str) -> ColumnElement[bool]:
    return func.lower(tables_access.users.c.username) == func.lower(username)


class SqlAccessReader(Reading):
    async def user(self, user_id: int) -> User | None:
        found: User | None = await self._one(
            select(User).where(tables_access.users.c.id == user_id)
        )
        return found

    async def users(self, *, skip: int, limit: int, username: str | None = None) -> Sequence[User]:
        wanted = select(User) if username is None else select(User).where(_named(username))
        return await self._all(wanted.order_by(tables_access.users.c.id).offset(skip).limit(limit))

    async def user_named(self, username: str) -> User | None:
        found: User | None = await self._one(select(User).where(_named(username)))
        return found

    async def api_key(self, api_key_id: int) -> ApiKey | None:
        found: ApiKey | None = await self._one(
            select(ApiKey).where(tables_access.api_keys.c.id == api_key_id)
        )
        return found

    async def api_key_with(self, lookup: str) -> ApiKey | None:
        found: ApiKey | None = await self._one(
            select(ApiKey).where(tables_access.api_keys.c.lookup == lookup)
        )
        return found

    async def api_keys(self, *, skip: int, limit: int) -> Sequence[ApiKey]:
        return await self._all(
            select(ApiKey).order_by(tables_access.api_keys.c.id).offset(skip).limit(limit)
        )
