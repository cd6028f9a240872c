"""`orderwright` in processes of its own: as its users start it, or forked from a process that has loaded it
already. Loading is most of what a start costs, and tests start hundreds."""

import atexit
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final, Protocol

from tests.patience import AWAITED_S

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
        """What it says goes to the end of `output`, and what goes wrong to that of `errors`, if they
        are two."""
        ...


def as_users_do(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    output: Path,
    *,
    errors: Path | None = None,
    directory: Path = Path(),
    own_session: bool = False,
) -> Running:
    with output.open("ab") as out, (errors or output).open("ab") as err:
        return subprocess.Popen(
            [sys.executable, "-m", "orderwright", *arguments],
            env=environment,
            cwd=directory,
            stdout=out,
            stderr=err,
            start_new_session=own_session,
        )


def preloaded(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    output: Path,
    *,
    errors: Path | None = None,
    directory: Path = Path(),
) -> Running:
    """In a session of its own, which ends with the process that called for it. Not for `serve --workers`,
    whose processes are started from what the first one was started from."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    heard, begun = context.Pipe(duplex=False)
    outputs = (output, errors or output)
    task = (begun, list(arguments), dict(environment), outputs, directory)
    process = context.Process(target=_run, args=task)
    process.start()
    atexit.register(process.kill)  # or it would be waited for at the end, however long
    begun.close()
    if not heard.poll(AWAITED_S):
        process.kill()
        raise TimeoutError("the process did not begin")
    heard.recv_bytes()
    return _Forked(process)


def kill_group(process: Running) -> None:
    """SIGKILL to it and all that it has started."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


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
        with suppress(ProcessLookupError):
            os.kill(self.pid, by)


def _run(
    begun: Connection,
    arguments: list[str],
    environment: dict[str, str],
    outputs: tuple[Path, Path],
    directory: Path,
) -> None:
    os.setsid()
    threading.Thread(target=_end_with_the_caller, daemon=True).start()
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


def _end_with_the_caller() -> None:
    caller = multiprocessing.parent_process()
    assert caller is not None
    wait([caller.sentinel])
    os.killpg(0, signal.SIGKILL)


def _opened(file: Path) -> int:
    return os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
