from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.aggregate import UNSAVED, Aggregate
from orderwright.domain.errors import NotFound
from orderwright.domain.events.catalog import ApiKeyCreated, ApiKeyRevoked
from orderwright.domain.value_objects.permission import Permission


class ApiKeyNotFound(NotFound):
    code = "api_key_not_found"


@dataclass(kw_only=True, eq=False)
class ApiKey(Aggregate):
    """A machine's credential: found by `lookup`, its public part, and proven by a hash of the rest.

    The key itself is shown once, at creation, and stored nowhere.
    """

    name: str
    lookup: str
    secret_hash: str
    permissions: frozenset[Permission]
    created_at: datetime
    revoked_at: datetime | None = None
    id: int = UNSAVED

    @classmethod
    def create(
        cls,
        *,
        name: str,
        lookup: str,
        secret_hash: str,
        permissions: frozenset[Permission],
        now: datetime,
    ) -> ApiKey:
        key = cls(
            name=name,
            lookup=lookup,
            secret_hash=secret_hash,
            permissions=permissions,
            created_at=now,
        )
        key.record(ApiKeyCreated(key_name=name, permissions=tuple(sorted(permissions))), now)
        return key

    def revoke(self, now: datetime) -> None:
        if self.revoked_at is None:
            self.revoked_at = now
            self.record(ApiKeyRevoked(), now)
