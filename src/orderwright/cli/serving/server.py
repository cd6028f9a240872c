"""The service under uvicorn, in one process or several."""

import gc
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from orderwright.cli.entry import GC_THRESHOLDS
from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.serving.protocol import HttpsProtocol, Protocol
from orderwright.cli.serving.stoppable import run_one
from orderwright.cli.serving.stopping import GracefulStop
from orderwright.cli.stop_signals import stop_listening_to_signals
from orderwright.config import Settings
from orderwright.main import create_app

# Longer than the idle time of common reverse proxies (60 s), so that they close first and never
# send a request into a connection that is just being closed here.
KEEP_ALIVE_S = 75
# For answers that are on their way to slow clients when everything else is done.
LAST_ANSWERS_S = 1
# Little is made and kept while serving, so looking through it costs next to nothing; and what waits
# for that in circles must not become much. Under load, requests in work outlive the first look.
SERVING_GC_THRESHOLDS: Final = (50_000, 5, 5)
# A new process answers its parent when it has loaded all of us. On a busy machine that takes longer
# than the 5 s after which uvicorn would kill it, and start another that takes as long.
WORKER_ANSWERS_WITHIN_S = 30


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
    if workers > 1:
        with shared_metrics():
            return _run_many(config, listener)
    return run_one(config, listener)


@contextmanager
def shared_metrics() -> Iterator[Path]:
    """Where the processes of this server alone write what they count, to be added up."""
    with TemporaryDirectory(prefix="orderwright-metrics-", ignore_cleanup_errors=True) as directory:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory
        yield Path(directory)


def _run_many(config: uvicorn.Config, listener: socket.socket) -> ExitCode:
    supervisor = Multiprocess(config, sockets=[listener])
    supervisor.run()
    stop_listening_to_signals()
    failed = any(each.exitcode == STARTUP_FAILURE for each in supervisor.processes)
    return ExitCode.UNAVAILABLE if failed else ExitCode.OK


def _build_app(settings: Settings) -> GracefulStop:
    parent = multiprocessing.parent_process()
    if parent is not None:
        _when_gone(parent.sentinel, lambda: os.kill(os.getpid(), signal.SIGTERM))
    gc.set_threshold(*GC_THRESHOLDS)  # a process of several was not begun by `entry`
    app = create_app(settings)
    gc.freeze()  # what is loaded by now stays: no need to look through it again and again
    gc.set_threshold(*SERVING_GC_THRESHOLDS)
    drain = app.state.container.readiness().drain
    return GracefulStop(app, drain=drain, grace_s=settings.shutdown_grace_seconds)


def _when_gone(sentinel: int, act: Callable[[], None]) -> None:
    """Without this, workers outlive a parent that was killed and keep its port."""

    def watch() -> None:
        wait([sentinel])
        act()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
