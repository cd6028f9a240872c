from __future__ import annotations

from orderwright.infrastructure.database import migrate
from orderwright.infrastructure.database.errors import in_domain_words
from orderwright.infrastructure.database.migrate import Standing


class Schema:
    """The schema of one database, whose troubles are told in the domain's words.

    Every method raises DatabaseUnavailable when the database cannot be reached.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    async def upgrade(self, revision: str = "head") -> None:
        with in_domain_words():
            await migrate.upgrade(self._url, revision)

    async def downgrade(self, revision: str) -> None:
        with in_domain_words():
            await migrate.downgrade(self._url, revision)

    async def current(self) -> str | None:
        with in_domain_words():
            return await migrate.current(self._url)

    async def check(self) -> Standing:
        with in_domain_words():
            return await migrate.check(self._url)

    def upgrade_sql(self, revision: str = "head") -> str:
        """The statements of `upgrade` on an empty database, for those who run them by hand."""
        return migrate.upgrade_sql(self._url.partition("+")[0], revision)
