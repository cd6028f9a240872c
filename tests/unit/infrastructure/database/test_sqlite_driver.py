from types import ModuleType

import pytest

from orderwright.infrastructure.database import sqlite_driver
from orderwright.infrastructure.database.sqlite_driver import choose, journal_mode, wal_is_safe

SAFE = (3, 51, 3)
UNSAFE = (3, 40, 1)


def a_driver(version: tuple[int, ...]) -> ModuleType:
    module = ModuleType("a_driver")
    vars(module)["sqlite_version_info"] = version
    return module


@pytest.mark.parametrize("version", [(3, 51, 3), (3, 53, 4), (4, 0, 0), (3, 50, 7), (3, 44, 6)])
def test_the_log_is_safe_where_the_bug_was_fixed(version: tuple[int, ...]) -> None:
    assert wal_is_safe(version)


@pytest.mark.parametrize("version", [(3, 51, 2), (3, 50, 6), (3, 44, 5), (3, 45, 9), (3, 40, 1)])
def test_the_log_is_not_safe_where_the_bug_lives(version: tuple[int, ...]) -> None:
    assert not wal_is_safe(version)


def test_the_first_safe_driver_is_chosen() -> None:
    unsafe, safe, newer = a_driver(UNSAFE), a_driver(SAFE), a_driver((3, 53, 4))

    assert choose((unsafe, safe, newer)) is safe


def test_without_a_safe_driver_the_first_is_chosen_and_kept_out_of_wal() -> None:
    standard, bundled = a_driver(UNSAFE), a_driver((3, 45, 0))

    assert choose((standard, bundled)) is standard
    assert journal_mode(UNSAFE) == "TRUNCATE"


def test_this_process_writes_ahead_safely_or_not_at_all() -> None:
    version = sqlite_driver.driver().sqlite_version_info

    assert wal_is_safe(version) == (journal_mode(version) == "WAL")


def test_errors_of_the_chosen_driver_are_those_the_orm_knows() -> None:
    dbapi = sqlite_driver.async_dbapi()

    assert dbapi.IntegrityError is sqlite_driver.driver().IntegrityError
    assert dbapi.sqlite_version == sqlite_driver.driver().sqlite_version
