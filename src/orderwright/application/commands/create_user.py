from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from orderwright.application.services.password_rules import check_password, composed
from orderwright.domain.entities.user import User
from orderwright.domain.interfaces.security import PasswordHasher
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.permission import Permission


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
    password = composed(command.password)
    check_password(password, command.username, command.email)
    password_hash = await hasher.hash(password)  # slow, so before the transaction
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
