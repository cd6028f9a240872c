from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from orderwright.application.services.password_rules import check_password, composed
from orderwright.domain.entities.user import LastAdmin, User, UserNotFound
from orderwright.domain.interfaces.readers import AccessReader
from orderwright.domain.interfaces.security import PasswordHasher
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeUser:
    """`changes` holds what the caller named of email, permissions and active, checked at the edge."""

    user_id: int
    changes: Mapping[str, object]
    password: str | None = field(default=None, repr=False)


async def change_user(
    command: ChangeUser,
    uow: UnitOfWork,
    *,
    access: AccessReader,
    hasher: PasswordHasher,
    now: datetime,
) -> User:
    """What is taken away is gone from the next request on, in other processes within a second. A new
    password, and being disabled, end every session of the user.

    Raises:
        UserNotFound, WeakPassword.
        LastAdmin: nobody would be left to let anybody in.
    """
    changes = {**command.changes, **await _new_hash(command, access, hasher)}
    async with uow:
        # All of them before the one, in the order of their ids: two who disable each other wait.
        administrators = await uow.users.administrators()
        user = await uow.users.get_by_id(command.user_id)
        await uow.context.precondition.check(user, uow)
        if user.change(changes, now):
            await uow.refresh_tokens.revoke_all_of(user.id, now)
        if administrators and not any(each.may_administer for each in administrators):
            raise LastAdmin("somebody has to be left who may administer")
        return await uow.commit(user)


async def _new_hash(
    command: ChangeUser, access: AccessReader, hasher: PasswordHasher
) -> dict[str, str]:
    """Slow, so before the transaction."""
    if command.password is None:
        return {}
    user = await access.user(command.user_id)
    if user is None:
        raise UserNotFound("no user has this id")
    password = composed(command.password)
    check_password(password, user.username, user.email, str(command.changes.get("email") or ""))
    return {"password_hash": await hasher.hash(password)}
