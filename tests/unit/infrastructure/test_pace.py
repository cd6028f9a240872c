import asyncio

from orderwright.domain.entities.task import Task
from orderwright.infrastructure.messaging.embedded_worker import EmbeddedWorker
from orderwright.infrastructure.messaging.pace import Pace
from orderwright.infrastructure.messaging.wake_up import WakeUp

PACE = Pace(full=100, rest_min_s=0.05, rest_max_s=0.5, share=0.1)


def test_short_rounds_wait_for_company() -> None:
    assert PACE.rest_s(1, took_s=0.001) == 0.05


def test_long_rounds_leave_most_of_the_time_to_others() -> None:
    assert round(PACE.rest_s(99, took_s=0.02), 6) == 0.18


def test_nothing_waits_for_longer_than_the_most() -> None:
    assert PACE.rest_s(99, took_s=3.0) == 0.5


def test_while_more_is_waiting_others_have_half_of_the_time() -> None:
    assert PACE.rest_s(100, took_s=0.02) == 0.02


class Failures:
    def task_failed(self, task: Task, error: Exception) -> None: ...

    def worker_failed(self, error: Exception) -> None: ...


async def test_a_rest_ends_when_the_worker_is_told_to_stop() -> None:
    rested = asyncio.Event()

    async def run_due() -> int:
        rested.set()
        return 1

    pace = Pace(full=100, rest_min_s=3600.0, rest_max_s=3600.0)
    worker = EmbeddedWorker(run_due, Failures(), WakeUp(), pace=pace, stop_grace_s=3600.0)
    worker.start()
    async with asyncio.timeout(10):
        await rested.wait()
        await worker.stop()
