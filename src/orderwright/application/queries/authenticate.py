from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from orderwright.application.services.api_key_text import is_api_key, lookup_and_secret
from orderwright.domain.interfaces.readers import CallerReader
from orderwright.domain.interfaces.security import AccessTokens, InvalidToken, SecretHasher
from orderwright.domain.value_objects.actor import Actor
from orderwright.domain.value_objects.permission import Permission


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a request comes from. `username` is the name of the key when a machine calls."""

    kind: Literal["user", "api_key"]
    id: int
    username: str
    email: str | None
    permissions: frozenset[Permission]

    @cached_property
    def actor(self) -> Actor:
        return Actor(f"{self.kind}:{self.id}", self.permissions)


@dataclass(frozen=True, kw_only=True)
class Authenticator:
    """Tells who holds a bearer token. What is revoked, disabled or taken away counts as soon as
    `callers` tells of it."""

    callers: CallerReader
    access_tokens: AccessTokens
    secrets: SecretHasher

    async def identify(self, bearer: str, now: datetime) -> Identity:
        """Raises: InvalidToken."""
        if is_api_key(bearer):
            return await self._machine(bearer)
        return await self._person(bearer, now)

    async def _machine(self, key: str) -> Identity:
        lookup, secret = lookup_and_secret(key)
        known = await self.callers.api_key_with(lookup)
        right = known is not None and self.secrets.matches(secret, known.secret_hash)
        if known is None or not right or known.revoked_at is not None:
            raise InvalidToken("the API key is not valid")
        return Identity(
            kind="api_key",
            id=known.id,
            username=known.name,
            email=None,
            permissions=known.permissions,
        )

    async def _person(self, token: str, now: datetime) -> Identity:
        claims = self.access_tokens.read(token, now)
        known = await self.callers.user(claims.user_id)
        if known is None or not known.active or known.token_generation != claims.token_generation:
            raise InvalidToken("the access token is not valid")
        return Identity(
            kind="user",
            id=known.id,
            username=known.username,
            email=known.email,
            permissions=known.permissions,
        )
