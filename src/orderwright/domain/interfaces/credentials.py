from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderwright.domain.value_objects.permission import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCredentials:
    id: int
    username: str
    email: str | None
    password_hash: str
    permissions: frozenset[Permission]
    active: bool
    token_generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyCredentials:
    id: int
    name: str
    lookup: str
    secret_hash: str
    permissions: frozenset[Permission]
    created_at: datetime
    revoked_at: datetime | None


class Credentials(Protocol):
    """What a caller's claim to be somebody is checked against; read only, nothing is locked."""

    async def user(self, user_id: int) -> UserCredentials | None: ...

    async def user_called(self, username: str) -> UserCredentials | None:
        """Upper and lower case are one name."""
        ...

    async def api_key(self, lookup: str) -> ApiKeyCredentials | None: ...

    async def api_keys(self) -> Sequence[ApiKeyCredentials]:
        """All of them, revoked ones too, oldest first."""
        ...
