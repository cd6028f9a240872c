from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from orderwright.domain.entities.user import User
from orderwright.domain.errors import Rejected
from orderwright.domain.interfaces.security import PasswordHasher
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.permission import Permission

# NIST SP 800-63B: length is what counts, so no rules about digits and capitals.
PASSWORD_CHARS_MIN: Final = 8
PASSWORD_CHARS_MAX: Final = 256


class WeakPassword(Rejected):
    code = "weak_password"


@dataclass(frozen=True, kw_only=True)
class CreateUser:
    username: str
    password: str = field(repr=False)
    permissions: frozenset[Permission]
    email: str | None = None


async def create_user(
    command: CreateUser, uow: UnitOfWork, *, hasher: PasswordHasher, now: datetime
) -> User:
    """Raises: WeakPassword, UsernameTaken."""
    _must_be_long_enough(command.password)
    password_hash = await hasher.hash(command.password)  # slow, so before the transaction
    async with uow:
        user = User.create(
            username=command.username,
            email=command.email,
            password_hash=password_hash,
            permissions=command.permissions,
            now=now,
        )
        await uow.users.add(user)
        return await uow.commit(user)


def _must_be_long_enough(password: str) -> None:
    if not PASSWORD_CHARS_MIN <= len(password) <= PASSWORD_CHARS_MAX:
        raise WeakPassword(
            f"a password has between {PASSWORD_CHARS_MIN} and {PASSWORD_CHARS_MAX} characters"
        )
