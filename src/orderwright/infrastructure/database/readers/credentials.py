from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, select

from orderwright.domain.interfaces.credentials import ApiKeyCredentials, UserCredentials
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.errors import in_domain_words

_users = tables.users.c
_keys = tables.api_keys.c

_USER = select(
    _users.id,
    _users.username,
    _users.email,
    _users.password_hash,
    _users.permissions,
    _users.active,
    _users.token_generation,
)
_KEY = select(
    _keys.id,
    _keys.name,
    _keys.lookup,
    _keys.secret_hash,
    _keys.permissions,
    _keys.created_at,
    _keys.revoked_at,
)


class SqlCredentials:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def user(self, user_id: int) -> UserCredentials | None:
        return await self._user(_users.id == user_id)

    async def user_called(self, username: str) -> UserCredentials | None:
        return await self._user(func.lower(_users.username) == func.lower(username))

    async def api_key(self, lookup: str) -> ApiKeyCredentials | None:
        rows = await self._rows(_KEY.where(_keys.lookup == lookup))
        return _api_key(rows[0]) if rows else None

    async def api_keys(self) -> Sequence[ApiKeyCredentials]:
        return [_api_key(row) for row in await self._rows(_KEY.order_by(_keys.id))]

    async def _user(self, where: ColumnElement[bool]) -> UserCredentials | None:
        rows = await self._rows(_USER.where(where))
        return UserCredentials(**rows[0]) if rows else None

    async def _rows(self, question: Any) -> Sequence[RowMapping]:
        with in_domain_words():
            async with self._database.read_sessions() as session:
                return (await session.execute(question)).mappings().all()


def _api_key(row: RowMapping) -> ApiKeyCredentials:
    return ApiKeyCredentials(**row)
