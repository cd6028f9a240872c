from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from orderwright.domain.interfaces.security import SecretHasher
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RevokeToken:
    refresh_token: str = field(repr=False)


async def revoke_token(
    command: RevokeToken, uow: UnitOfWork, *, secrets: SecretHasher, now: datetime
) -> None:
    """Sign out: the token's family dies, and with it every access token its user holds. Sessions
    of the user on other devices refresh theirs. An unknown token is as good as revoked."""
    async with uow:
        presented = await uow.refresh_tokens.find_by_hash(secrets.hash(command.refresh_token))
        if presented is None or presented.revoked_at is not None:
            return
        await uow.refresh_tokens.revoke_family(presented.family_id, now)
        user = await uow.users.get_by_id(presented.user_id)
        user.sign_out_everywhere(now)
        await uow.commit(None)
