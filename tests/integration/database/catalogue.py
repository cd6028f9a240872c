"""A schema as the database itself records it, fit for comparison with another."""

from typing import Any, Final

from sqlalchemy import Connection, text

_SQLITE: Final = {
    "objects": "SELECT name, sql FROM sqlite_schema WHERE tbl_name <> 'alembic_version'",
    "columns": """
        SELECT t.name, c.cid, c.name, c.type, c."notnull", c.dflt_value, c.pk
        FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c
        WHERE t.type = 'table' AND t.name <> 'alembic_version'
    """,
}
_POSTGRESQL: Final = {
    "columns": """
        SELECT table_name, ordinal_position, column_name, data_type, character_maximum_length,
               collation_name, is_nullable, is_identity, identity_generation, column_default
        FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> 'alembic_version'
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
          AND conrelid::regclass::text <> 'alembic_version'
    """,
    "indexes": """
        SELECT indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    """,
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


def catalogue(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    asked = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    return {
        what: sorted(tuple(map(_plain, row)) for row in connection.execute(text(query)))
        for what, query in asked.items()
    }


def _plain(value: Any) -> str:
    """Without what means nothing: blank space, the order of a table's constraints, and the quotes that
    SQLite puts around the name of a table that was built anew."""
    lines = [line.strip().rstrip(",") for line in str(value).replace('"', "").splitlines()]
    return "\n".join(sorted(filter(None, lines)))
