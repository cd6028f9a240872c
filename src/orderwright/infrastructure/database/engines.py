"""How this service opens each of its databases: every pragma and every server setting."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, Pool

from orderwright.infrastructure.database import sqlite_driver
from orderwright.infrastructure.database.fair_pool import FairPool
from orderwright.infrastructure.database.silence import answer_within_s, notice_silence
from orderwright.infrastructure.database.types import strict_json

_NO_LIMIT: Final = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the database one process may take, and how long anything in it may last.

    Together they stay below the 8 s that a request has: a stuck row answers 503, not a hung client.
    """

    pool_size: int = 5
    # Beyond those that are kept a connection would be opened and closed for a request: that costs
    # more than the request, and waiting for one of the others less. Nobody needs two at a time.
    pool_overflow: int = 0
    pool_timeout_s: float = 5.0
    connect_timeout_s: float = 2.0
    lock_timeout_s: float = 1.0
    statement_timeout_s: float = 2.0
    # Longer than a gateway call may last: nothing sane idles inside a transaction for that long.
    idle_in_transaction_timeout_s: float = 15.0
    # SQLite has one writer at a time: a queue of writers is normal, not a fault.
    sqlite_busy_timeout_s: float = 5.0


# A migration may rewrite a table; another server doing the same is waited for. Nobody waits for an answer
# meanwhile, so a database that is busy has time to take the connection.
FOR_MIGRATIONS: Final = Limits(
    connect_timeout_s=30.0,
    statement_timeout_s=_NO_LIMIT,
    idle_in_transaction_timeout_s=_NO_LIMIT,
    lock_timeout_s=_NO_LIMIT,
    sqlite_busy_timeout_s=60.0,
)


def sqlite_writer(url: str, limits: Limits) -> AsyncEngine:
    """One connection, so that writers queue here in order and not on SQLite's busy handler."""
    pool = {
        "poolclass": FairPool,
        "pool_size": 1,
        "max_overflow": 0,
        "pool_timeout": limits.pool_timeout_s,
    }
    return _sqlite(url, limits, "BEGIN IMMEDIATE", ("foreign_keys=ON",), **pool)


def sqlite_reader(url: str, limits: Limits) -> AsyncEngine:
    """Each transaction reads one snapshot and never waits for the writer (in WAL mode)."""
    pool = {
        "poolclass": FairPool,
        "pool_size": limits.pool_size,
        "pool_timeout": limits.pool_timeout_s,
    }
    return _sqlite(url, limits, "BEGIN", ("query_only=ON",), **pool)


def postgresql(url: str, limits: Limits) -> AsyncEngine:
    engine = _postgresql(
        url,
        limits,
        poolclass=FairPool,
        pool_size=limits.pool_size,
        max_overflow=limits.pool_overflow,
        pool_timeout=limits.pool_timeout_s,
    )
    _replace_closed(engine.sync_engine.pool)
    notice_silence(engine.sync_engine)
    return engine


def postgresql_unhurried(url: str) -> AsyncEngine:
    """To read what may take minutes: nothing of it is limited."""
    return _postgresql(url, FOR_MIGRATIONS, poolclass=NullPool).execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )


def for_migrations(url: str) -> AsyncEngine:
    """Foreign keys are off on SQLite: to alter a table there is to drop and rebuild it.

    `migrations/env.py` checks them before it commits.
    """
    if url.startswith("sqlite"):
        pragmas = ("foreign_keys=OFF",)
        return _sqlite(url, FOR_MIGRATIONS, "BEGIN IMMEDIATE", pragmas, poolclass=NullPool)
    return _postgresql(url, FOR_MIGRATIONS, poolclass=NullPool)


def _sqlite(
    url: str, limits: Limits, begin: str, pragmas: tuple[str, ...], **pool: Any
) -> AsyncEngine:
    module = sqlite_driver.async_dbapi()
    engine = create_async_engine(
        url,
        module=module,
        # The driver begins no transaction of its own; `begin` below is the only one.
        connect_args={"isolation_level": None, "timeout": limits.sqlite_busy_timeout_s},
        hide_parameters=True,
        **pool,
    )
    journal = sqlite_driver.journal_mode(module.sqlite_version_info)
    _on_connect(engine.sync_engine.pool, (f"journal_mode={journal}", "synchronous=FULL", *pragmas))
    _begin_with(engine, begin)
    return engine


def _on_connect(pool: Pool, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(pool, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _begin_with(engine: AsyncEngine, statement: str) -> None:
    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)


def _postgresql(url: str, limits: Limits, **pool: Any) -> AsyncEngine:
    return create_async_engine(
        url,
        connect_args={
            "timeout": limits.connect_timeout_s,
            "command_timeout": answer_within_s(limits.statement_timeout_s),
            "server_settings": {
                "application_name": "orderwright",
                "timezone": "UTC",
                # Compiling a statement costs more than any of ours takes to run.
                "jit": "off",
                "lock_timeout": _milliseconds(limits.lock_timeout_s),
                "statement_timeout": _milliseconds(limits.statement_timeout_s),
                "idle_in_transaction_session_timeout": _milliseconds(
                    limits.idle_in_transaction_timeout_s
                ),
            },
        },
        json_serializer=strict_json,
        # Statements carry names and addresses; an error message must not.
        hide_parameters=True,
        **pool,
    )


def _replace_closed(pool: Pool) -> None:
    """What the server has closed, the driver knows. To ask the server each time, as SQLAlchemy can,
    takes three round trips, more than many a transaction."""

    @event.listens_for(pool, "checkout")
    def check(_connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: object) -> None:
        driver: Any = entry.driver_connection
        if driver.is_closed():
            raise DisconnectionError("the server has closed the connection")


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))
