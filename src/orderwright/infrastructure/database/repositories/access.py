from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.api_key import ApiKey, ApiKeyNotFound
from orderwright.domain.entities.refresh_token import RefreshToken, RefreshTokenNotFound
from orderwright.domain.entities.sign_in_tally import SignInTally
from orderwright.domain.entities.user import User, UserNotFound
from orderwright.infrastructure.database import tables_access
from orderwright.infrastructure.database.deleting import deleted
from orderwright.infrastructure.database.repositories.kept import Kept
from orderwright.infrastructure.database.upsert import insert_unless_there

_tallies = tables_access.sign_in_tallies.c


class SqlUsers(Kept[User, int]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, User, UserNotFound)

    async def administrators(self) -> Sequence[User]:
        # Permissions are a document that nobody queries inside; users are few.
        active = await self._locked(tables_access.users.c.active, tables_access.users.c.id)
        return [user for user in active if user.may_administer]


class SqlApiKeys(Kept[ApiKey, int]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, ApiKey, ApiKeyNotFound)


class SqlRefreshTokens(Kept[RefreshToken, str]):
    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, RefreshToken, RefreshTokenNotFound)

    async def find_by_hash(self, token_hash: str) -> RefreshToken | None:
        found: RefreshToken | None = await self._session.scalar(
            select(RefreshToken)
            .where(tables_access.refresh_tokens.c.token_hash == token_hash)
            .with_for_update()
        )
        return found

    async def forget_expired(self, now: datetime, *, limit: int) -> int:
        columns = tables_access.refresh_tokens.c
        expired = (
            select(columns.id)
            .where(columns.expires_at < now)
            .order_by(columns.expires_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        gone = delete(tables_access.refresh_tokens).where(columns.id.in_(expired))
        return await deleted(self._session, gone)

    async def revoke_family(self, family_id: str, now: datetime) -> None:
        await self._revoke(tables_access.refresh_tokens.c.family_id == family_id, now)

    async def revoke_all_of(self, user_id: int, now: datetime) -> None:
        await self._revoke(tables_access.refresh_tokens.c.user_id == user_id, now)

    async def _revoke(self, which: ColumnElement[bool], now: datetime) -> None:
        await self._session.execute(
            update(tables_access.refresh_tokens)
            .where(which, tables_access.refresh_tokens.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )


class SqlSignInTallies:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def exists(self, subject: str, now: datetime) -> bool:
        counts = (_tallies.subject == subject) & (_tallies.expires_at > now)
        return await self._session.scalar(select(_tallies.subject).where(counts)) is not None

    async def of_subjects(self, subjects: Collection[str], now: datetime) -> dict[str, SignInTally]:
        rows = [
            {"subject": subject, "failures": 0, "wait_until": now, "expires_at": now}
            for subject in sorted(subjects)
        ]
        await self._session.execute(
            insert_unless_there(self._session, tables_access.sign_in_tallies, rows)
        )
        found = await self._session.scalars(
            select(SignInTally)
            .where(_tallies.subject.in_(subjects))
            .order_by(_tallies.subject)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {tally.subject: tally for tally in found}

    async def forget_expired(self, now: datetime, *, limit: int) -> int:
        expired = (
            select(_tallies.subject)
            .where(_tallies.expires_at < now)
            .order_by(_tallies.expires_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        gone = delete(tables_access.sign_in_tallies).where(_tallies.subject.in_(expired))
        return await deleted(self._session, gone)
