"""The database of one process: two ways in, one to write and one to read."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, Literal

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

from orderwright.infrastructure.database import engines
from orderwright.infrastructure.database.direct import Direct, PostgresDirect, SqliteDirect
from orderwright.infrastructure.database.engines import Limits

Dialect = Literal["sqlite", "postgresql"]
_TO_TELL: Final = "changes to tell of"


class Database:
    """Lives as long as the application; connects on first use; `dispose` ends it.

    `read_sessions` see one snapshot a transaction and are refused every write. `direct` is
    for a single SELECT, which is its own snapshot: on PostgreSQL it takes one round trip, not three.
    """

    def __init__(self, url: str, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self._url = url
        self.dialect: Dialect = "sqlite" if url.startswith("sqlite") else "postgresql"
        if self.dialect == "sqlite":
            self.write_engine = engines.sqlite_writer(url, limits)
            self.read_engine = engines.sqlite_reader(url, limits)
            self.direct: Direct = SqliteDirect(self.read_engine)
        else:
            self.write_engine = engines.postgresql(url, limits)
            self.read_engine = _read_only(self.write_engine)
            self.direct = PostgresDirect(self.write_engine)
        self._write_session = type("WriteSession", (Session,), {})
        self.write_sessions = _sessions(self.write_engine, self._write_session)
        self.read_sessions = _sessions(self.read_engine)

    def when_changed(self, kinds: tuple[type, ...], tell: Callable[[], None]) -> None:
        """Call `tell` with each commit of this process that changed entities of these kinds."""

        @event.listens_for(self._write_session, "after_flush")
        def note(session: Session, _context: object) -> None:
            if any(isinstance(each, kinds) for each in (*session.dirty, *session.deleted)):
                session.info[_TO_TELL] = True

        @event.listens_for(self._write_session, "after_commit")
        def tell_if_noted(session: Session) -> None:
            if not session.in_nested_transaction() and session.info.pop(_TO_TELL, False):
                tell()

    @asynccontextmanager
    async def unhurried(self) -> AsyncIterator[AsyncConnection]:
        """To read, in one snapshot, what may take longer than anything that a request waits for."""
        if self.dialect == "sqlite":
            async with self.read_engine.connect() as connection:
                yield connection
            return
        engine = engines.postgresql_unhurried(self._url)
        try:
            async with engine.connect() as connection:
                yield connection
        finally:
            await engine.dispose()

    async def ping(self) -> None:
        """Raises: SQLAlchemyError, when the database cannot be asked anything."""
        async with self.read_engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def dispose(self) -> None:
        await self.read_engine.dispose()
        await self.write_engine.dispose()


def _read_only(engine: AsyncEngine) -> AsyncEngine:
    """The same pool; the settings travel with each BEGIN and cost no round trip."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _sessions(
    engine: AsyncEngine, kind: type[Session] = Session
) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, expire_on_commit=False, sync_session_class=kind)
