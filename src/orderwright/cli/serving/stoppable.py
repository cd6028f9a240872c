"""uvicorn, with stopping on request as a success."""

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.serving.stopping import STOP_SIGNALS


class Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, but a signal that was obeyed is not raised again to kill the process."""
        for each in STOP_SIGNALS:
            signal.signal(each, self.handle_exit)
        try:
            yield
        finally:
            stop_listening_to_signals()


def run_one(config: uvicorn.Config, listener: socket.socket) -> ExitCode:
    """Serve from this process until told to stop."""
    server = Server(config)
    try:
        server.run(sockets=[listener])
    except SystemExit as stop:
        return ExitCode.UNAVAILABLE if stop.code == STARTUP_FAILURE else ExitCode.OK
    return ExitCode.OK if server.started else ExitCode.UNAVAILABLE


def stop_listening_to_signals() -> None:
    """A second SIGTERM while the interpreter tidies up must not turn 0 into 143."""
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def stop_on_signal_from_now_on() -> None:
    """Leave with success when told to before the server has taken over the signals."""
    for each in STOP_SIGNALS:
        signal.signal(each, _leave)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(ExitCode.OK)
