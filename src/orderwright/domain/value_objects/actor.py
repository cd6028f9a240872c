from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orderwright.domain.value_objects.permission import Permission, PermissionDenied, allows


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, a machine with an API key, or the service itself.

    `name` is what events and audit rows keep: `user:3`, `api_key:7`, `system`.
    """

    name: str
    permissions: frozenset[Permission]

    def require(self, permission: Permission) -> None:
        """Raises: PermissionDenied: the actor lacks it."""
        if not allows(self.permissions, permission):
            raise PermissionDenied(f"this needs the permission {permission}")


SYSTEM: Final = Actor("system", frozenset({Permission.ADMIN}))
