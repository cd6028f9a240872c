"""Workers as their documented commands start them, to be killed at will: `orderwright` preloaded."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.command_process import Running, kill_group, preloaded
from tests.patience import PATIENT_SETTINGS

COMMANDS: Final = {
    "arq": ["arq", "orderwright.infrastructure.messaging.arq_worker.WorkerSettings"],
    "celery": [
        "celery",
        "--app=orderwright.infrastructure.messaging.celery_app",
        "worker",
        "--concurrency=1",
    ],
}
_STOPPED_WITHIN_S: Final = 60.0
_AGAIN_AFTER_S: Final = 0.02


class WorkerProcess:
    def __init__(self, kind: str, log: Path, **settings: str) -> None:
        self.log = log
        environment = {**os.environ, **PATIENT_SETTINGS, **settings}
        self.process = _started(kind, environment, log)

    def kill(self) -> None:
        """SIGKILL to it and all its children, as a machine that fails would."""
        kill_group(self.process)
        self.process.wait(_STOPPED_WITHIN_S)

    def terminate(self) -> int:
        """SIGTERM, again and again: one too many must not change how it ends."""
        give_up_at = time.monotonic() + _STOPPED_WITHIN_S
        while self.process.poll() is None and time.monotonic() < give_up_at:
            self.process.send_signal(signal.SIGTERM)
            time.sleep(_AGAIN_AFTER_S)
        return self.process.wait(0)

    def said(self) -> str:
        return self.log.read_text(errors="replace")


def _started(kind: str, environment: dict[str, str], log: Path) -> Running:
    if kind not in COMMANDS:
        return preloaded([kind], environment, log)
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *COMMANDS[kind]],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@contextmanager
def worker_process(kind: str, log: Path, **settings: str) -> Iterator[WorkerProcess]:
    started = WorkerProcess(kind, log, **settings)
    try:
        yield started
    finally:
        started.kill()
