"""`orderwright worker` and `scheduler` as processes, and the service that ends when it must not."""

import asyncio
import re
import socket
from pathlib import Path
from typing import Final

import httpx2
import pytest

from orderwright.cli.background import _first_to_end, _metrics_shown
from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure
from orderwright.config import Settings
from orderwright.container import build_container
from orderwright.domain.entities.task import Task, TaskState
from tests.back_office import BackOffice
from tests.patience import patient_database
from tests.worker_process import WorkerProcess, worker_process

_DEADLINE_S: Final = 60.0


async def said(worker: WorkerProcess, word: str) -> None:
    async with asyncio.timeout(_DEADLINE_S):
        while word not in worker.said():
            await asyncio.sleep(0.05)


async def metrics_of(worker: WorkerProcess) -> str:
    """From the port that it says it took."""
    await said(worker, "metrics_port")
    found = re.search(r"metrics_port\W+(\d+)", worker.said())
    assert found, worker.said()
    async with httpx2.AsyncClient() as client:
        return (await client.get(f"http://127.0.0.1:{found[1]}/metrics")).text


async def test_a_worker_runs_tasks_until_it_is_told_to_stop_even_twice(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = patient_database(sqlite_url)
    office = BackOffice(database)
    now = office.clock.now()
    async with office.uow() as uow:
        await uow.tasks.enqueue(
            Task(id="t", name="unheard_of", payload={}, created_at=now, due_at=now)
        )
        await uow.commit()

    settings = {
        "DATABASE_URL": sqlite_url,
        "TASK_RETRIES_MAX": "0",
        "WORKER_METRICS_PORT": "0",
        "LOG_FORMAT": "json",
    }
    with worker_process("worker", tmp_path / "worker.log", **settings) as worker:
        async with asyncio.timeout(_DEADLINE_S):
            while (await office.details.task("t")).state is not TaskState.DEAD:  # type: ignore[union-attr]
                await asyncio.sleep(0.05)
        assert "orders_in_progress 0.0" in (await metrics_of(worker)).splitlines()
        assert worker.terminate() == 0

    assert "background.stopped" in worker.said()
    await database.dispose()


async def test_where_a_broker_has_workers_only_the_clock_is_left(
    sqlite_url: str, tmp_path: Path
) -> None:
    settings = {
        "DATABASE_URL": sqlite_url,
        "TASK_BACKEND": "arq",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    with (
        worker_process("worker", tmp_path / "worker.log", **settings) as worker,
        worker_process("scheduler", tmp_path / "scheduler.log", **settings) as scheduler,
    ):
        await said(scheduler, "background.started")

        assert worker.process.wait(_DEADLINE_S) == ExitCode.REFUSED
        assert scheduler.terminate() == ExitCode.OK
    assert "arq_worker.WorkerSettings" in worker.said()


def test_a_port_for_metrics_that_somebody_has_is_refused_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings.load(env_file=None, worker_metrics_port=taken.getsockname()[1])

        with (
            pytest.raises(Failure, match="WORKER_METRICS_PORT") as refused,
            _metrics_shown(build_container(settings), settings),
        ):
            pass

    assert refused.value.exit_code is ExitCode.UNAVAILABLE


async def test_a_service_that_ends_by_itself_is_found_out() -> None:
    async def dies() -> None:
        raise LookupError("for good")

    stopped, for_ever = asyncio.Event(), asyncio.Event()
    alive = asyncio.create_task(for_ever.wait())
    died = asyncio.create_task(dies())

    assert await _first_to_end({alive, died}, stopped) is died
    assert isinstance(died.exception(), LookupError)
    stopped.set()
    assert await _first_to_end({alive}, stopped) is None
    alive.cancel()
