"""A PostgreSQL of one's own: no installation, no system account, nothing left behind.

with EmbeddedPostgres() as server:
    engine = create_async_engine(server.url())
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from devtools import postgres_watchdog
from devtools.ports import free_port
from devtools.postgres_binaries import (
    clean_environment,
    run_as,
    unprivileged_account,
    usable_binaries,
)

_USER: Final = "orderwright"
_READY_WITHIN_S: Final = 30.0
_STOPPED_WITHIN_S: Final = 30.0
_POLL_S: Final = 0.02
# Another program may take the port between our choosing it and the server's opening it.
_ATTEMPTS: Final = 3

# A test's database need not outlive the power: this makes 200 of them affordable.
_VOLATILE: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_COMMON: Final = ("listen_addresses=127.0.0.1", "max_connections=200")


class PostgresFailed(Exception):
    """The server did not start, or ended by itself; the message is its log."""


class EmbeddedPostgres:
    """Started on construction; `stop` ends it, as does the end of this process, however sudden.

    With `durable` it keeps PostgreSQL's own promises about committed transactions, for crash
    tests and for honest measurements. `settings` are more of its own: `name=value`.
    """

    def __init__(self, *, durable: bool = False, settings: Sequence[str] = ()) -> None:
        self._options = (*_COMMON, *(() if durable else _VOLATILE), *settings)
        self._account = unprivileged_account()
        self.home = Path(tempfile.mkdtemp(prefix="orderwright-postgres-"))
        self._password = secrets.token_hex()
        self.port = 0
        try:
            self._create()
            self.start()
        except BaseException:
            shutil.rmtree(self.home, ignore_errors=True)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+asyncpg://{_USER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def program(self, name: str) -> str:
        """The path of one of PostgreSQL's programs, of the release that the server is of."""
        return str(self._binaries / name)

    @property
    def pid(self) -> int:
        """Of the server process that all others of it descend from."""
        return int((self.home / "data" / "postmaster.pid").read_text().splitlines()[0])

    @property
    def client_environment(self) -> dict[str, str]:
        """For programs that connect as libpq does."""
        return clean_environment(self.home) | {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": _USER,
            "PGPASSWORD": self._password,
        }

    def start(self, port: int | None = None) -> None:
        """Again, after `crash`: with the data that were committed, on that port, or on another.

        Raises: PostgresFailed.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            self.port = port or free_port()
            self._watchdog = self._launch()
            if self._becomes_ready():
                return
            self._watchdog.communicate()
            if attempt == _ATTEMPTS:
                raise PostgresFailed(self._log.read_text())

    def crash(self) -> None:
        """End every server process at once; what was committed is recovered by `start`."""
        self._release("crash\n")

    def stop(self) -> None:
        self._release("")
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def _log(self) -> Path:
        return self.home / "log"

    def _create(self) -> None:
        if self._account is not None:
            os.chown(self.home, self._account.uid, self._account.gid)
        self._binaries = usable_binaries(self._account, self.home)
        password = self.home / "password"
        password.write_text(self._password)
        command = [self.program("initdb"), "--pgdata", str(self.home / "data"), "--username"]
        command += [_USER, "--pwfile", str(password), "--auth", "password", "--encoding", "UTF8"]
        try:
            run_as(self._account, [*command, "--locale", "C", "--no-sync"], self.home)
        except subprocess.CalledProcessError as failed:
            raise PostgresFailed(failed.stderr.decode()) from failed

    def _launch(self) -> "subprocess.Popen[str]":
        options = (*self._options, f"port={self.port}", f"unix_socket_directories={self.home}")
        command = [self.program("postgres"), "-D", str(self.home / "data")]
        order = {
            "command": command + [part for option in options for part in ("-c", option)],
            "home": str(self.home),
            "log": str(self._log),
            "uid": self._account.uid if self._account else None,
            "gid": self._account.gid if self._account else None,
        }
        return subprocess.Popen(
            [sys.executable, "-I", postgres_watchdog.__file__, json.dumps(order)],
            stdin=subprocess.PIPE,
            text=True,
            env=clean_environment(self.home),
            start_new_session=True,
        )

    def _becomes_ready(self) -> bool:
        """False when the server ended instead."""
        asking = [self.program("pg_isready"), "--quiet", "-h", "127.0.0.1", "-p", str(self.port)]
        deadline = time.monotonic() + _READY_WITHIN_S
        while self._watchdog.poll() is None:
            if subprocess.run(asking, check=False).returncode == 0:
                return True
            if time.monotonic() > deadline:
                self.crash()
                return False
            time.sleep(_POLL_S)
        return False

    def _release(self, word: str) -> None:
        if self._watchdog.poll() is None:
            self._watchdog.communicate(word, timeout=_STOPPED_WITHIN_S)
