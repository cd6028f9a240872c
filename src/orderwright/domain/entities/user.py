from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.aggregate import UNSAVED, Aggregate
from orderwright.domain.errors import Conflict, NotFound
from orderwright.domain.events.catalog import UserCreated, UserSignedOut
from orderwright.domain.value_objects.permission import Permission


class UserNotFound(NotFound):
    code = "user_not_found"


class UsernameTaken(Conflict):
    code = "username_taken"


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

    def sign_out_everywhere(self, now: datetime) -> None:
        """Void every access token issued so far."""
        self.token_generation += 1
        self.record(UserSignedOut(), now)
