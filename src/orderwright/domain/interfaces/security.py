from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderwright.domain.entities.user import User


class PasswordHasher(Protocol):
    """Slow on purpose, so both run off the event loop, a bounded number at a time."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """With None it works as long and says no: an unknown user costs what a known one does."""
        ...


@dataclass(frozen=True, slots=True)
class AccessClaims:
    user_id: int
    token_generation: int
    token_id: str
    expires_at: datetime


class AccessTokens(Protocol):
    @property
    def lifetime_s(self) -> int: ...

    def issue(self, user: User, now: datetime) -> str: ...

    def read(self, token: str, now: datetime) -> AccessClaims:
        """Raises: InvalidToken."""
        ...
