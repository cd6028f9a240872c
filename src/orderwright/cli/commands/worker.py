"""Run queued tasks and scheduled work in a process of their own."""

from __future__ import annotations

from typing import Final

import typer

from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure
from orderwright.cli.plain_typer import single
from orderwright.cli.runtime import load_settings

_ELSEWHERE: Final = {
    "arq": "arq orderwright.infrastructure.messaging.arq_worker.WorkerSettings",
    "celery": "celery -A orderwright.infrastructure.messaging.celery_app worker",
}


def worker() -> None:
    """Run the work behind the API, without the API, until stopped by SIGTERM or Ctrl-C."""
    from orderwright.cli.background import run_until_stopped

    backend = load_settings().task_backend
    if backend != "embedded":
        raise Failure(
            f"TASK_BACKEND is {backend}: start `{_ELSEWHERE[backend]}` for tasks, and "
            "`orderwright scheduler` for what is due by the clock",
            code="tasks_run_elsewhere",
            exit_code=ExitCode.REFUSED,
        )
    raise typer.Exit(
        run_until_stopped(
            "worker",
            lambda container: [*container.task_services(), *container.background_services()],
        )
    )


app = single(worker)
