"""Which database engine this is, and whether it keeps what it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from orderwright.infrastructure.database import sqlite_driver
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.errors import in_domain_words

# The oldest major release that the tests of this service have been seen to pass on.
POSTGRESQL_MIN: Final = 150_000


@dataclass(frozen=True, slots=True)
class EngineReport:
    """`remedy` is None when there is nothing to mend."""

    detail: str
    remedy: str | None = None


async def report_engine(database: Database) -> EngineReport:
    """Raises: DatabaseUnavailable."""
    if database.dialect == "sqlite":
        return _sqlite()
    with in_domain_words():
        async with database.read_engine.connect() as connection:
            shown = await connection.scalar(text("SHOW server_version"))
            number = await connection.scalar(text("SHOW server_version_num"))
    remedy = None if int(number or 0) >= POSTGRESQL_MIN else "upgrade PostgreSQL to 15 or newer"
    return EngineReport(f"PostgreSQL {shown} answers", remedy)


def _sqlite() -> EngineReport:
    """Without opening the file, which would make one where there is none."""
    driver = sqlite_driver.driver()
    version = driver.sqlite_version_info
    mode = sqlite_driver.journal_mode(version)
    detail = f"SQLite {driver.sqlite_version} with journal mode {mode}"
    if sqlite_driver.wal_is_safe(version):
        return EngineReport(detail)
    return EngineReport(
        f"{detail}, because its WAL can corrupt data",
        "install pysqlite3, or a Python with SQLite 3.51.3 or newer",
    )
