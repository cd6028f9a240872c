"""`orderwright` in processes of its own: as its users start it, or forked from a process that has loaded it
already. Loading is most of what a start costs, and tests start hundreds."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final, Protocol

_LOADED: Final = ["orderwright.cli.app", "orderwright.cli.serving.service"]


class Running(Protocol):
    """A process, as `subprocess` has it."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float) -> int: ...
    def kill(self) -> None: ...
    def send_signal(self, by: signal.Signals, /) -> None: ...


class Start(Protocol):
    def __call__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        output: Path,
        *,
        errors: Path | None = None,
        directory: Path = ...,
    ) -> Running:
        """In a session of its own. What it says goes to the end of `output`, and what goes wrong to
        that of `errors`, if they are two."""
        ...


def as_users_do(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    output: Path,
    *,
    errors: Path | None = None,
    directory: Path = Path(),
) -> Running:
    with output.open("ab") as out, (errors or output).open("ab") as err:
        return subprocess.Popen(
            [sys.executable, "-m", "orderwright", *arguments],
            env=environment,
            cwd=directory,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )


def preloaded(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    output: Path,
    *,
    errors: Path | None = None,
    directory: Path = Path(),
) -> Running:
    """Not for `serve --workers`, whose processes are started from what the first one was started from."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    heard, begun = context.Pipe(duplex=False)
    outputs = (output, errors or output)
    task = (begun, list(arguments), dict(environment), outputs, directory)
    process = context.Process(target=_run, args=task)
    process.start()
    begun.close()
    heard.recv_bytes()  # ends, too, when the process has
    return _Forked(process)


class _Forked:
    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        pid = self._process.pid
        assert pid is not None
        return pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise TimeoutError(f"it did not end within {timeout} s")
        return code

    def kill(self) -> None:
        self._process.kill()

    def send_signal(self, by: signal.Signals) -> None:
        os.kill(self.pid, by)


def _run(
    begun: Connection,
    arguments: list[str],
    environment: dict[str, str],
    outputs: tuple[Path, Path],
    directory: Path,
) -> None:
    os.setsid()
    for stream, file in zip((sys.stdout, sys.stderr), outputs, strict=True):
        os.dup2(_opened(file), stream.fileno())
    os.chdir(directory)
    begun.send_bytes(b"in a session of its own")
    begun.close()
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["orderwright", *arguments]
    from orderwright.cli.entry import main  # noqa: PLC0415 - loaded before it was forked

    main(arguments)


def _opened(file: Path) -> int:
    return os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
