from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from orderwright.application.services.token_pair import TokenIssuer, TokenPair
from orderwright.domain.entities.refresh_token import RefreshToken
from orderwright.domain.interfaces.security import InvalidToken, SecretHasher
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RefreshTokens:
    refresh_token: str = field(repr=False)


async def refresh_tokens(
    command: RefreshTokens,
    uow: UnitOfWork,
    *,
    secrets: SecretHasher,
    issuer: TokenIssuer,
    now: datetime,
) -> TokenPair:
    """Trade a refresh token for a new pair, once. A second time its whole family is revoked.

    Raises: InvalidToken.
    """
    async with uow:
        presented = await uow.refresh_tokens.find_by_hash(secrets.hash(command.refresh_token))
        if presented is not None and presented.is_usable(now):
            return await _rotate(presented, uow, issuer, now)
        if presented is not None:
            await uow.refresh_tokens.revoke_family(presented.family_id, now)
            await uow.commit(None)
    raise InvalidToken("the refresh token is not valid")


async def _rotate(
    presented: RefreshToken, uow: UnitOfWork, issuer: TokenIssuer, now: datetime
) -> TokenPair:
    user = await uow.users.get_by_id(presented.user_id)
    if not user.active:
        raise InvalidToken("the refresh token is not valid")
    presented.used_at = now
    return await uow.commit(await issuer.issue(user, uow, now, family_id=presented.family_id))
