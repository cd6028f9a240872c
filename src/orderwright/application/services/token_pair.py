from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from orderwright.domain.entities.refresh_token import RefreshToken
from orderwright.domain.entities.user import User
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.security import AccessTokens, SecretHasher
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class TokenPair:
    access_token: str = field(repr=False)
    expires_in_s: int
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class TokenIssuer:
    """Makes the two tokens that a signed-in user holds; the refresh token is kept as a hash."""

    access_tokens: AccessTokens
    secrets: SecretHasher
    ids: Ids
    refresh_lifetime: timedelta

    async def issue(
        self, user: User, uow: UnitOfWork, now: datetime, *, family_id: str | None = None
    ) -> TokenPair:
        """A pair for `user`; without `family_id` it begins a family of its own."""
        token_id, secret = self.ids.new_id(), self.ids.secret()
        refresh_token = RefreshToken(
            id=token_id,
            family_id=family_id or token_id,
            user_id=user.id,
            token_hash=self.secrets.hash(secret),
            created_at=now,
            expires_at=now + self.refresh_lifetime,
        )
        await uow.refresh_tokens.add(refresh_token)
        return TokenPair(
            access_token=self.access_tokens.issue(user, now),
            expires_in_s=self.access_tokens.lifetime_s,
            refresh_token=secret,
        )
