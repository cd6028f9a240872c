from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwright.domain.entities.aggregate import UNSAVED, Aggregate
from orderwright.domain.errors import Conflict, NotFound
from orderwright.domain.events.catalog import UserChanged, UserCreated, UserSignedOut
from orderwright.domain.value_objects.permission import Permission


class UserNotFound(NotFound):
    code = "user_not_found"


class UsernameTaken(Conflict):
    code = "username_taken"


class LastAdmin(Conflict):
    code = "last_admin"


# Whoever changes one of these wants no session to outlive the change.
_ENDS_SESSIONS: Final = frozenset({"active", "password_hash"})


@dataclass(kw_only=True, eq=False)
class User(Aggregate):
    """A person who signs in. `token_generation` grows when all of the user's tokens must die."""

    username: str
    password_hash: str
    permissions: frozenset[Permission]
    created_at: datetime
    email: str | None = None
    active: bool = True
    token_generation: int = 1
    id: int = UNSAVED

    @classmethod
    def create(
        cls,
        *,
        username: str,
        email: str | None,
        password_hash: str,
        permissions: frozenset[Permission],
        now: datetime,
    ) -> User:
        user = cls(
            username=username,
            email=email,
            password_hash=password_hash,
            permissions=permissions,
            created_at=now,
        )
        user.record(UserCreated(permissions=tuple(sorted(permissions))), now)
        return user

    @property
    def may_administer(self) -> bool:
        return self.active and Permission.ADMIN in self.permissions

    def change(self, wanted: Mapping[str, object], now: datetime) -> bool:
        """Set what is named to something else; whether all of the user's sessions are over by that."""
        changed = tuple(sorted(name for name in wanted if getattr(self, name) != wanted[name]))
        for name in changed:
            setattr(self, name, wanted[name])
        if changed:
            self.record(
                UserChanged(
                    changed=tuple(name.removesuffix("_hash") for name in changed),
                    permissions=tuple(sorted(self.permissions)),
                    active=self.active,
                ),
                now,
            )
        if not _ENDS_SESSIONS & set(changed):
            return False
        self.sign_out_everywhere(now)
        return True

    def sign_out_everywhere(self, now: datetime) -> None:
        """Void every access token issued so far."""
        self.token_generation += 1
        self.record(UserSignedOut(), now)
