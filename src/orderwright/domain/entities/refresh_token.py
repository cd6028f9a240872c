from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.errors import NotFound


class RefreshTokenNotFound(NotFound):
    code = "refresh_token_not_found"


@dataclass(kw_only=True, eq=False)
class RefreshToken:
    """One link of a chain of tokens that replace each other. Presented twice, the whole family dies:
    either the thief or the owner came second, and nobody can tell which."""

    id: str
    family_id: str
    user_id: int
    token_hash: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_usable(self, now: datetime) -> bool:
        return self.used_at is None and self.revoked_at is None and now < self.expires_at
