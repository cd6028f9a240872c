"""Which version of the schema a database has, told without loading the tool that changes it: every
start of the service asks this, and almost none has anything to change."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, make_url, text

from orderwright.infrastructure.database.database import Database

_VERSIONS: Final = Path(__file__).with_name("migrations") / "versions"
_STAMP_LENGTH: Final = len("2026-11-22-0900")


class Standing(StrEnum):
    AT_HEAD = "at_head"
    BEHIND = "behind"
    AHEAD = "ahead"  # written by a newer release
    UNVERSIONED = "unversioned"  # empty, or not ours


def revisions() -> list[str]:
    """Every revision of this release, oldest first. A migration's file is named after the moment of
    its revision; a test holds the files to it."""
    stamps = sorted(file.name[:_STAMP_LENGTH] for file in _VERSIONS.glob("*.py"))
    return [stamp.replace("-", "_") for stamp in stamps]


async def check(url: str) -> Standing:
    revision = await current(url)
    if revision is None:
        return Standing.UNVERSIONED
    known = revisions()
    if revision == known[-1]:
        return Standing.AT_HEAD
    return Standing.BEHIND if revision in known else Standing.AHEAD


async def current(url: str) -> str | None:
    """The revision of the database; None when it has none or does not exist yet."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return None
    database = Database(url)
    try:
        async with database.read_engine.connect() as connection:
            return await connection.run_sync(_revision)
    finally:
        await database.dispose()


def sqlite_file(url: str) -> Path | None:
    parsed = make_url(url)
    if not parsed.drivername.startswith("sqlite") or not parsed.database:
        return None
    return Path(parsed.database)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
