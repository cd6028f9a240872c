import os
import pwd
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from devtools import embedded_postgres, postgres_binaries
from devtools.embedded_postgres import EmbeddedPostgres, PostgresFailed
from devtools.postgres_binaries import PostgresNotFound

_REPOSITORY = Path(__file__).parents[3]
_DEADLINE_S = 30

_START_AND_LINGER = """
import sys
from devtools.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres()
print(server.home, server.url(), flush=True)
sys.stdin.read()
"""


async def ask(url: str, *statements: str) -> object:
    """What the last of them answers."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            answers = [await connection.execute(text(each)) for each in statements]
            return answers[-1].scalar() if answers[-1].returns_rows else None
    finally:
        await engine.dispose()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


async def test_a_server_answers_and_leaves_nothing_behind() -> None:
    with EmbeddedPostgres() as server:
        assert await ask(server.url(), "SELECT 6 * 7") == 42
        assert server.home.is_dir()

    assert not server.home.exists()
    with pytest.raises(OSError, match=r"."):
        await ask(server.url(), "SELECT 1")


async def test_strangers_on_this_machine_are_refused() -> None:
    with EmbeddedPostgres() as server:
        stranger = make_url(server.url()).set(password="guess")
        with pytest.raises(Exception, match="password authentication failed"):
            await ask(stranger.render_as_string(hide_password=False), "SELECT 1")


async def test_a_durable_server_keeps_what_was_committed_before_a_crash() -> None:
    with EmbeddedPostgres(durable=True) as server:
        assert await ask(server.url(), "SHOW fsync") == "on"
        await ask(server.url(), "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")

        server.crash()
        server.start()

        assert await ask(server.url(), "SELECT n FROM kept") == 7


def test_a_server_does_not_outlive_a_killed_parent() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _START_AND_LINGER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=_REPOSITORY,
    )
    assert parent.stdout is not None
    home = Path(parent.stdout.readline().split()[0])
    server = int((home / "data" / "postmaster.pid").read_text().split()[0])

    parent.send_signal(signal.SIGKILL)
    parent.communicate()

    wait_until(lambda: not home.exists())
    assert not _is_alive(server)


async def test_programs_that_the_account_cannot_read_are_copied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres_binaries, "_runs", lambda *_: False)

    with EmbeddedPostgres() as server:
        assert (server.home / "embedded_postgres" / "pginstall" / "bin" / "postgres").exists()
        assert await ask(server.url(), "SELECT 1") == 1


def test_a_server_that_cannot_start_says_why_and_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    homes: list[Path] = []
    make_directory = tempfile.mkdtemp

    def make_and_remember(prefix: str) -> str:
        homes.append(Path(make_directory(prefix=prefix)))
        return str(homes[-1])

    monkeypatch.setattr(tempfile, "mkdtemp", make_and_remember)
    monkeypatch.setattr(embedded_postgres, "_COMMON", ("no_such_setting=1",))

    with pytest.raises(PostgresFailed, match="no_such_setting"):
        EmbeddedPostgres()

    assert [home.exists() for home in homes] == [False]


def test_a_place_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "initdb").write_text("#!/bin/sh\necho the disk is full >&2\nexit 1\n")
    (tmp_path / "initdb").chmod(0o755)
    monkeypatch.setattr(embedded_postgres, "usable_binaries", lambda *_: tmp_path)
    monkeypatch.setattr(embedded_postgres, "unprivileged_account", lambda: None)

    with pytest.raises(PostgresFailed, match="the disk is full"):
        EmbeddedPostgres()


def test_a_machine_without_postgresql_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres_binaries, "_wheel", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(PostgresNotFound, match="install"):
        EmbeddedPostgres()


@pytest.mark.skipif(os.geteuid() != 0, reason="every other test here has shown it")
def test_an_ordinary_user_can_start_one_too() -> None:
    # Root's own Python may lie below a directory that is closed to others.
    python = next(filter(_runs_for_nobody, (sys.executable, "/usr/bin/python3")), None)
    if python is None:
        pytest.skip("there is no Python 3.11 here that an ordinary user may run")

    started = _as_nobody(python, _START_AND_LINGER)

    assert started.returncode == 0
    assert "postgresql+asyncpg://" in started.stdout
    wait_until(lambda: not Path(started.stdout.split()[0]).exists())


def _runs_for_nobody(python: str) -> bool:
    try:
        return _as_nobody(python, "from typing import Self").returncode == 0
    except OSError:
        return False


def _as_nobody(python: str, program: str) -> "subprocess.CompletedProcess[str]":
    nobody = pwd.getpwnam("nobody")
    return subprocess.run(
        [python, "-c", program],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
        env={"PYTHONPATH": f"{_REPOSITORY}:{sysconfig.get_path('purelib')}"},
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
    )


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
