"""uvicorn, with stopping on request as a success."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.stop_signals import STOP_SIGNALS, stop_listening_to_signals


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
