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
    """Trade a refresh token for a new pair, once. A second time somebody else has it: its whole family
    is revoked, and every access token of its user is void.

    Raises: InvalidToken.
    """
    async with uow:
        presented = await uow.refresh_tokens.find_by_hash(secrets.hash(command.refresh_token))
        if presented is not None and presented.is_usable(now):
            return await _rotate(presented, uow, issuer, now)
        if presented is not None:
            await uow.refresh_tokens.revoke_family(presented.family_id, now)
            await _void_access_tokens(presented, uow, now)
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


async def _void_access_tokens(presented: RefreshToken, uow: UnitOfWork, now: datetime) -> None:
    """Other sessions of the user refresh theirs. Once a theft is seen, not each time a token that is
    void anyway, or has only expired, is shown again."""
    if presented.used_at is not None and presented.revoked_at is None:
        (await uow.users.get_by_id(presented.user_id)).sign_out_everywhere(now)
