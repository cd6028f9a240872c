from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderwright.domain.entities.user import User
from orderwright.domain.errors import Rejected, Unauthenticated


class InvalidToken(Unauthenticated):
    """Says the same whatever is wrong with it: a forger learns nothing."""

    code = "invalid_token"


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


class SecretHasher(Protocol):
    """For secrets that are random and long, so that one fast keyed hash protects them at rest."""

    def hash(self, secret: str) -> str: ...

    def matches(self, secret: str, secret_hash: str) -> bool:
        """Takes as long for a near miss as for a far one."""
        ...


class UrlRefused(Rejected):
    """Nothing is sent to this address, whoever asks for it."""

    code = "url_refused"


class UrlGuard(Protocol):
    """Keeps what users have us call away from what only we can reach."""

    def check(self, url: str) -> None:
        """As far as the text tells; where its name leads is checked at each call.

        Raises: UrlRefused.
        """
        ...


class UnreadableSecret(Exception):
    """It was sealed under a key that is not known any more."""


class SecretSealer(Protocol):
    """For secrets that have to be read again: kept encrypted, so that a stolen dump has none."""

    def seal(self, secret: str) -> str: ...

    def open(self, sealed: str) -> str:
        """Raises: UnreadableSecret."""
        ...
