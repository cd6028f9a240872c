from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, Table
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.ext.asyncio import AsyncSession


def insert_unless_there(
    session: AsyncSession, table: Table, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> PostgresInsert | SqliteInsert:
    """INSERT ... ON CONFLICT DO NOTHING, in the session's dialect.

    On PostgreSQL it waits for a transaction that is inserting the same key to end.
    """
    return _insert(session, table).values(rows).on_conflict_do_nothing()


def insert_found_unless_there(
    session: AsyncSession, table: Table, query: Select[Any]
) -> PostgresInsert | SqliteInsert:
    """The same with the rows that `query` finds, whose columns are named as those of `table`."""
    names = [column.name for column in query.selected_columns]
    return _insert(session, table).from_select(names, query).on_conflict_do_nothing()


def _insert(session: AsyncSession, table: Table) -> PostgresInsert | SqliteInsert:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return SqliteInsert(table) if is_sqlite else PostgresInsert(table)


def rows_unless_there(
    session: AsyncSession, table: Table, *, then: bool = True
) -> PostgresInsert | SqliteInsert:
    """The same for rows that are handed over when it is executed; without `then` the caller says what
    becomes of those that are there."""
    made = _insert(session, table)
    return made.on_conflict_do_nothing() if then else made
