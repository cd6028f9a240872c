from __future__ import annotations

from importlib import import_module
from types import ModuleType

from orderwright.infrastructure.database import standing
from orderwright.infrastructure.database.errors import in_domain_words
from orderwright.infrastructure.database.standing import Standing


class Schema:
    """The schema of one database, whose troubles are told in the domain's words.

    Every method raises DatabaseUnavailable when the database cannot be reached.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    async def upgrade(self, revision: str = "head") -> None:
        with in_domain_words():
            await _tool().upgrade(self._url, revision)

    async def downgrade(self, revision: str) -> None:
        with in_domain_words():
            await _tool().downgrade(self._url, revision)

    async def current(self) -> str | None:
        with in_domain_words():
            return await standing.current(self._url)

    async def check(self) -> Standing:
        with in_domain_words():
            return await standing.check(self._url)

    def upgrade_sql(self, revision: str = "head") -> str:
        """The statements of `upgrade` on an empty database, for those who run them by hand."""
        statements: str = _tool().upgrade_sql(self._url.partition("+")[0], revision)
        return statements


def _tool() -> ModuleType:
    # Loading Alembic takes longer than asking the database whether it is needed.
    return import_module("orderwright.infrastructure.database.migrate")
