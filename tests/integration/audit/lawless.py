"""Copies of a database without its guards, in which everything that can be wrong can be written."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import CheckConstraint, text
from sqlalchemy.ext.asyncio import AsyncEngine

from orderwright.infrastructure.database import engines
from orderwright.infrastructure.database.tables import APPEND_ONLY, metadata


@asynccontextmanager
async def without_guards(url: str) -> AsyncIterator[AsyncEngine]:
    engine = engines.for_migrations(url)  # which on SQLite checks no foreign keys
    async with engine.begin() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        for statement in _drop_triggers() if on_sqlite else _drop_constraints():
            await connection.execute(text(statement))
    yield engine
    await engine.dispose()


def _drop_triggers() -> list[str]:
    return [
        f"DROP TRIGGER {table.name}_no_{verb}"
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ]


def _drop_constraints() -> list[str]:
    checks = [
        f"ALTER TABLE {table.name} DROP CONSTRAINT {constraint.name}"
        for table in metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    ]
    references = [
        f"ALTER TABLE {table.name} DROP CONSTRAINT {constraint.name}"
        for table in metadata.sorted_tables
        for constraint in table.foreign_key_constraints
    ]
    triggers = [
        f"ALTER TABLE {table.name} DISABLE TRIGGER {table.name}_append_only"
        for table in APPEND_ONLY
    ]
    return [*checks, *references, *triggers]
