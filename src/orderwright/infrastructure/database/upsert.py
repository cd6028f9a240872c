from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.ext.asyncio import AsyncSession


def insert_unless_there(
    session: AsyncSession, table: Table, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> PostgresInsert | SqliteInsert:
    """INSERT ... ON CONFLICT DO NOTHING, in the session's dialect.

    On PostgreSQL it waits for a transaction that is inserting the same key to end.
    """
    if session.get_bind().dialect.name == "sqlite":
        return SqliteInsert(table).values(rows).on_conflict_do_nothing()
    return PostgresInsert(table).values(rows).on_conflict_do_nothing()
