"""Which SQLite to use, and whether its write-ahead log can be trusted.

SQLite 3.7.0 to 3.51.2 can corrupt a database in WAL mode when a checkpoint meets a log that is
being reset (https://sqlite.org/wal.html, "The WAL-reset bug"); many systems still ship such a
version. The `pysqlite3` wheel carries a newer one. A process must open a database file through
one SQLite library only: POSIX locks belong to the process, and a second library closing its
handle would drop those of the first.
"""

import sqlite3
from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Final

import aiosqlite
import structlog
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_dbapi

Version = tuple[int, ...]

_FIXED_IN: Final[Version] = (3, 51, 3)
_BACKPORTED_IN: Final[tuple[Version, ...]] = ((3, 50, 7), (3, 44, 6))

_log = structlog.stdlib.get_logger(__name__)


def wal_is_safe(version: Version) -> bool:
    if version >= _FIXED_IN:
        return True
    return any(version[:2] == fixed[:2] and version >= fixed for fixed in _BACKPORTED_IN)


def choose(candidates: tuple[ModuleType, ...]) -> ModuleType:
    """The first driver that is safe in WAL mode, else the first of all."""
    return next((each for each in candidates if wal_is_safe(_version(each))), candidates[0])


@cache
def driver() -> ModuleType:
    """The `sqlite3`-compatible module that this process uses, chosen once."""
    chosen = choose((sqlite3, *_bundled()))
    if not wal_is_safe(_version(chosen)):
        _log.warning("sqlite.rollback_journal", version=chosen.sqlite_version, reason="WAL bug")
    return chosen


def journal_mode(version: Version) -> str:
    """Slower without WAL, readers and the writer in turns, but never corrupt."""
    return "WAL" if wal_is_safe(version) else "TRUNCATE"


@cache
def async_dbapi() -> AsyncAdapt_aiosqlite_dbapi:
    """SQLAlchemy's aiosqlite adapter on top of `driver()`, for `create_async_engine(module=)`."""
    sqlite = driver()
    return AsyncAdapt_aiosqlite_dbapi(_aiosqlite_on(sqlite), sqlite)


def _aiosqlite_on(sqlite: ModuleType) -> ModuleType:
    """aiosqlite names the standard library's `sqlite3` in two places; here are two others."""
    adapted = ModuleType("aiosqlite")
    vars(adapted).update(vars(aiosqlite), connect=_connect_with(sqlite.connect))
    errors = (each for each in dir(sqlite) if each.endswith(("Error", "Warning")))
    for name in (*errors, "sqlite_version", "sqlite_version_info"):
        setattr(adapted, name, getattr(sqlite, name))
    return adapted


def _connect_with(connect: Callable[..., Any]) -> Callable[..., aiosqlite.Connection]:
    def connect_async(database: str, **options: Any) -> aiosqlite.Connection:
        return aiosqlite.Connection(lambda: connect(database, **options), iter_chunk_size=64)

    return connect_async


def _bundled() -> tuple[ModuleType, ...]:
    try:
        return (import_module("pysqlite3"),)
    except ImportError:  # no wheel for this platform
        return ()


def _version(module: ModuleType) -> Version:
    version: Version = module.sqlite_version_info
    return version
