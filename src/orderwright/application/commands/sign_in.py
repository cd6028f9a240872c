from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from orderwright.application.services.token_pair import TokenIssuer, TokenPair
from orderwright.domain.errors import Unauthenticated
from orderwright.domain.interfaces.readers import AccessReader
from orderwright.domain.interfaces.security import PasswordHasher
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


class InvalidCredentials(Unauthenticated):
    code = "invalid_credentials"


@dataclass(frozen=True, kw_only=True)
class SignIn:
    username: str
    password: str = field(repr=False)


async def sign_in(
    command: SignIn,
    uow: UnitOfWork,
    *,
    access: AccessReader,
    hasher: PasswordHasher,
    issuer: TokenIssuer,
    now: datetime,
) -> TokenPair:
    """Raises: InvalidCredentials: no such user, disabled, or another password; never says which."""
    known = await access.user_named(command.username)
    # Slow, so before the transaction; as slow when nobody has that name.
    right = await hasher.verify(command.password, known.password_hash if known else None)
    if known is None or not right or not known.active:
        raise InvalidCredentials("the user name or the password is wrong")
    async with uow:
        user = await uow.users.get_by_id(known.id)
        return await uow.commit(await issuer.issue(user, uow, now))
