from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.api_key import ApiKey, ApiKeyNotFound
from orderwright.domain.entities.refresh_token import RefreshToken, RefreshTokenNotFound
from orderwright.domain.entities.user import User, UserNotFound
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.deleting import deleted
from orderwright.infrastructure.database.repositories.kept import Kept


class SqlUsers(Kept[User, int]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, User, UserNotFound)


class SqlApiKeys(Kept[ApiKey, int]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, ApiKey, ApiKeyNotFound)


class SqlRefreshTokens(Kept[RefreshToken, str]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, RefreshToken, RefreshTokenNotFound)

    async def find_by_hash(self, token_hash: str) -> RefreshToken | None:
        found: RefreshToken | None = await self._session.scalar(
            select(RefreshToken)
            .where(tables.refresh_tokens.c.token_hash == token_hash)
            .with_for_update()
        )
        return found

    async def forget_expired(self, now: datetime, *, limit: int) -> int:
        columns = tables.refresh_tokens.c
        expired = (
            select(columns.id)
            .where(columns.expires_at < now)
            .order_by(columns.expires_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        gone = delete(tables.refresh_tokens).where(columns.id.in_(expired))
        return await deleted(self._session, gone)

    async def revoke_family(self, family_id: str, now: datetime) -> None:
        columns = tables.refresh_tokens.c
        await self._session.execute(
            update(tables.refresh_tokens)
            .where(columns.family_id == family_id, columns.revoked_at.is_(None))
            .values(revoked_at=now)
        )
