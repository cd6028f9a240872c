from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from orderwright.application.services.password_rules import composed
from orderwright.application.services.sign_in_guard import SignInGuard
from orderwright.application.services.token_pair import TokenIssuer, TokenPair
from orderwright.domain.errors import Unauthenticated
from orderwright.domain.interfaces.readers import AccessReader
from orderwright.domain.interfaces.security import PasswordHasher
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


class InvalidCredentials(Unauthenticated):
    code = "invalid_credentials"


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """`network` is where the caller is: an IPv4 address or an IPv6 network."""

    username: str
    password: str = field(repr=False)
    network: str


async def sign_in(
    command: SignIn,
    uow: UnitOfWork,
    *,
    access: AccessReader,
    hasher: PasswordHasher,
    guard: SignInGuard,
    issuer: TokenIssuer,
    now: datetime,
) -> TokenPair:
    """Raises:
    InvalidCredentials: no such user, disabled, or another password; never says which.
    TooManySignIns: guessed too often; the password was not looked at.
    """
    async with uow:
        attempt = await guard.count(command.username, command.network, uow, now)
        await uow.commit()
    known = await access.user_named(command.username)
    # Slow, so outside a transaction; as slow when nobody has that name.
    right = await hasher.verify(composed(command.password), known.password_hash if known else None)
    if known is None or not right or not known.active:
        raise InvalidCredentials("the user name or the password is wrong")
    async with uow:
        await guard.succeeded(attempt, uow, now)
        user = await uow.users.get_by_id(known.id)
        if not user.active:
            raise InvalidCredentials("the user name or the password is wrong")
        return await uow.commit(await issuer.issue(user, uow, now))
