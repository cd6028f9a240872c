"""Triggers that keep ledgers append-only, whoever holds the connection."""

from __future__ import annotations

from typing import Final

from sqlalchemy import DDL, Table, event

_SQLITE: Final = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRES: Final = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""


def append_only_ddl(table: str, dialect: str) -> list[str]:
    """The statements that make `table` append-only on `dialect` (`sqlite` or `postgresql`)."""
    if dialect == "sqlite":
        return [_SQLITE.format(table=table, verb=verb) for verb in ("UPDATE", "DELETE")]
    return [_POSTGRES_FUNCTION, _POSTGRES.format(table=table)]


def keep_append_only(tables: tuple[Table, ...]) -> None:
    """Have `metadata.create_all` make the triggers too."""
    for table in tables:
        for dialect in ("sqlite", "postgresql"):
            for statement in append_only_ddl(table.name, dialect):
                # DDL formats with %, so a literal one is doubled.
                ddl = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
                event.listen(table, "after_create", ddl)
