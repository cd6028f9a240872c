"""What readiness asks of the database."""

from __future__ import annotations

from typing import Final

from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.schema import Schema
from orderwright.infrastructure.database.standing import Standing

# During a rolling upgrade the old release serves on a schema that is ahead of it.
_SERVES_ON: Final = frozenset({Standing.AT_HEAD, Standing.AHEAD})


class DatabaseHealth:
    def __init__(self, database: Database, schema: Schema) -> None:
        self._database = database
        self._schema = schema
        self._was_migrated = False

    async def answers(self) -> bool:
        """Raises: whatever the driver says when it does not."""
        await self._database.ping()
        return True

    async def is_migrated(self) -> bool:
        """Asked until it is: no release takes migrations back under a running server."""
        if not self._was_migrated:
            self._was_migrated = await self._schema.check() in _SERVES_ON
        return self._was_migrated
