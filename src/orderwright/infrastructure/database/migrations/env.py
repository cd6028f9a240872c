"""Run by Alembic for every command; `migrate.py` hands it the connection."""

from typing import Any, Final

from alembic import context
from sqlalchemy import Connection, text

from orderwright.infrastructure.database.tables import metadata

# Any number that no other program in the same database uses for an advisory lock.
_UPGRADE_LOCK: Final = 6_722_940_181_114
_COMMON: Final[dict[str, Any]] = {
    "target_metadata": metadata,
    "render_as_batch": True,
    "transactional_ddl": True,
}


class BrokenReferences(Exception):
    """A migration would have left rows that point at nothing; it was rolled back."""


def run_offline() -> None:
    context.configure(
        dialect_name=context.config.attributes["dialect"],
        # The drivers' own style would double every % in the printed statements.
        dialect_opts={"paramstyle": "named"},
        literal_binds=True,
        **_COMMON,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_online(connection: Connection) -> None:
    context.configure(connection=connection, **_COMMON)
    with context.begin_transaction():
        wait_for_other_upgrades(connection)
        context.run_migrations()
        check_references(connection)


def wait_for_other_upgrades(connection: Connection) -> None:
    """On SQLite BEGIN IMMEDIATE has waited already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})"))
        # From here on, a table in use makes the upgrade give up: queueing for its lock would
        # make every later statement on that table queue behind us.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))


def check_references(connection: Connection) -> None:
    """SQLite did not check foreign keys meanwhile (see `engines.for_migrations`)."""
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise BrokenReferences(f"{len(broken)} rows, the first in {broken[0][0]}")


if context.is_offline_mode():
    run_offline()
else:
    run_online(context.config.attributes["connection"])
