"""A running `orderwright serve`, and asking it over HTTP."""

import json
import re
import shlex
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from tests.command_process import Running, as_users_do, kill_group, preloaded
from tests.integration.cli.conftest import CommandLine

WITHIN_S: Final = 30.0
_AGAIN_AFTER_S: Final = 0.02


class Served:
    """A running `orderwright serve`."""

    def __init__(self, process: Running, out: Path, err: Path) -> None:
        self.process = process
        self._out = out
        self._err = err

    @property
    def log(self) -> str:
        return self._out.read_text()

    @property
    def talk(self) -> str:
        return self._err.read_text()

    @property
    def url(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+", self.talk)
        assert found, self.talk
        return found[0]

    def curl(self) -> list[str]:
        (line,) = [text for text in self.talk.splitlines() if "curl" in text]
        return shlex.split(line.strip().removeprefix("Try"))

    def stop(self, *signals: signal.Signals) -> int:
        """Of several the last one again and again, to the end."""
        for each in signals:
            self.process.send_signal(each)
        give_up_at = time.monotonic() + WITHIN_S
        while signals[1:] and self.process.poll() is None and time.monotonic() < give_up_at:
            self.process.send_signal(signals[-1])
            time.sleep(_AGAIN_AFTER_S)
        return self.process.wait(WITHIN_S)


@contextmanager
def serving(
    command_line: CommandLine, *options: str, until_said: str = "/docs", **settings: str
) -> Iterator[Served]:
    """From the banner to the end of the block, on a free port."""
    out, err = command_line.directory / "out.log", command_line.directory / "err.log"
    out.write_bytes(b"")
    err.write_bytes(b"")
    # Server processes are started by one that was started by the command itself.
    start = partial(as_users_do, own_session=True) if "--workers" in options else preloaded
    process = start(
        ["serve", "--port", "0", *options],
        command_line.environment(**settings),
        out,
        errors=err,
        directory=command_line.directory,
    )
    served = Served(process, out, err)
    try:
        until(lambda: until_said in served.talk + served.log or process.poll() is not None)
        assert process.poll() is None, served.talk + served.log
        yield served
    finally:
        kill_group(process)
        process.wait(WITHIN_S)


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def fetch(url: str, key: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - always http://127.0.0.1
    with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:  # noqa: S310
        return json.load(answer)
