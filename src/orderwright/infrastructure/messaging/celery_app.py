"""`celery -A orderwright.infrastructure.messaging.celery_app worker`: a worker beside Redis or
RabbitMQ. Each of its processes has one event loop and one container for as long as it lives."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from functools import cache
from typing import Any, Final

from billiard.process import active_children
from celery import signals

from orderwright.config import get_settings
from orderwright.container import build_container, configure_log, working_for_a_broker
from orderwright.infrastructure.messaging.celery_queue import RUN_TASK, celery_app
from orderwright.infrastructure.messaging.loop_thread import LoopThread

# Celery waits for running tasks without end; what is cut off is run again once its lease is over.
_DRAIN_S: Final = 6.0
_CHILD_STOP_S: Final = 3.0
# And then it waits for a broker that does not answer, for minutes.
_LEAVE_S: Final = 8.0
_settings: Final = get_settings()
app: Final = celery_app(
    _settings.celery_broker or "", time_limit_s=_settings.task_time_limit_seconds
)


@app.task(name=RUN_TASK)  # type: ignore[untyped-decorator]
def run_task(task_id: str) -> None:
    _worker().call(lambda runner: runner.run_waiting(task_id))


@cache
def _worker() -> LoopThread[Any]:
    worker = LoopThread(lambda: working_for_a_broker(build_container(_settings)))
    worker.start()
    return worker


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def _log(**_: Any) -> None:
    configure_log(_settings)


@signals.worker_process_init.connect  # type: ignore[untyped-decorator]
def _open(**_: Any) -> None:
    """At once, and not with the first task: what waits is found by a sweep too."""
    _worker()


@signals.worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _close(**_: Any) -> None:
    if _worker.cache_info().currsize:
        _worker().stop(_CHILD_STOP_S)


@signals.worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _not_for_ever(**_: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not turn 0 into 143
    cut_off = threading.Timer(_DRAIN_S, os.kill, (os.getpid(), signal.SIGQUIT))
    leave = threading.Timer(_LEAVE_S, _leave)
    for each in (cut_off, leave):
        each.daemon = True
        each.start()


def _leave() -> None:
    for each in active_children():
        with suppress(ProcessLookupError):
            os.kill(each.pid, signal.SIGKILL)
    os._exit(0)
