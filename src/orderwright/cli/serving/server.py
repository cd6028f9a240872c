"""uvicorn, in one process or several, with stopping on request as a success."""

import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import wait
from types import FrameType

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from orderwright.cli.entry import GC_THRESHOLDS
from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.serving.protocol import HttpsProtocol, Protocol
from orderwright.cli.serving.stopping import STOP_SIGNALS, GracefulStop
from orderwright.config import Settings
from orderwright.main import create_app

# Longer than the idle time of common reverse proxies (60 s), so that they close first and never
# send a request into a connection that is just being closed here.
KEEP_ALIVE_S = 75
# For answers that are on their way to slow clients when everything else is done.
LAST_ANSWERS_S = 1
# A new process answers its parent when it has loaded all of us. On a busy machine that takes longer
# than the 5 s after which uvicorn would kill it, and start another that takes as long.
WORKER_ANSWERS_WITHIN_S = 30


class Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, but a signal that was obeyed is not raised again to kill the process."""
        before = {each: signal.signal(each, self.handle_exit) for each in STOP_SIGNALS}
        try:
            yield
        finally:
            # A second SIGTERM while the interpreter tidies up must not turn 0 into 143.
            for each in before:
                signal.signal(each, signal.SIG_IGN)


def run(settings: Settings, listener: socket.socket, *, workers: int) -> ExitCode:
    """Serve until told to stop."""
    config = uvicorn.Config(
        app=partial(_build_app, settings),
        factory=True,
        workers=workers,
        log_config=None,  # ours is set up by create_app
        access_log=False,  # the canonical line of a request says more
        server_header=False,
        proxy_headers=False,
        ws="none",  # nothing here speaks it, whatever libraries are installed
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=LAST_ANSWERS_S,
        timeout_worker_healthcheck=WORKER_ANSWERS_WITHIN_S,
        http=HttpsProtocol if settings.environment == "production" else Protocol,
    )
    return _run_many(config, listener) if workers > 1 else _run_one(config, listener)


def stop_on_signal_from_now_on() -> None:
    """Leave with success when told to before the server has taken over the signals."""
    for each in STOP_SIGNALS:
        signal.signal(each, _leave)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(ExitCode.OK)


def _run_one(config: uvicorn.Config, listener: socket.socket) -> ExitCode:
    server = Server(config)
    try:
        server.run(sockets=[listener])
    except SystemExit as stop:
        return ExitCode.UNAVAILABLE if stop.code == STARTUP_FAILURE else ExitCode.OK
    return ExitCode.OK if server.started else ExitCode.UNAVAILABLE


def _run_many(config: uvicorn.Config, listener: socket.socket) -> ExitCode:
    supervisor = Multiprocess(config, sockets=[listener])
    supervisor.run()
    failed = any(each.exitcode == STARTUP_FAILURE for each in supervisor.processes)
    return ExitCode.UNAVAILABLE if failed else ExitCode.OK


def _build_app(settings: Settings) -> GracefulStop:
    parent = multiprocessing.parent_process()
    if parent is not None:
        _when_gone(parent.sentinel, lambda: os.kill(os.getpid(), signal.SIGTERM))
    gc.set_threshold(*GC_THRESHOLDS)  # a process of several was not begun by `entry`
    app = create_app(settings)
    gc.freeze()  # what is loaded by now stays: no need to look through it again and again
    drain = app.state.container.readiness().drain
    return GracefulStop(app, drain=drain, grace_s=settings.shutdown_grace_seconds)


def _when_gone(sentinel: int, act: Callable[[], None]) -> None:
    """Without this, workers outlive a parent that was killed and keep its port."""

    def watch() -> None:
        wait([sentinel])
        act()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
