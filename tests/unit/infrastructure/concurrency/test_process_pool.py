"""Processes that compute: bounded, replaced when they die, ended when they take too long."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from operator import truediv
from pathlib import Path

import pytest

from orderwright.domain.interfaces.batching import QueueFull, Stopping
from orderwright.infrastructure.concurrency.process_pool import ProcessRunner, WorkerLost


@asynccontextmanager
async def processes(
    count: int = 1, *, waiting_max: int = 10, timeout_s: float = 60
) -> AsyncIterator[ProcessRunner]:
    runner = ProcessRunner("tested", processes=count, waiting_max=waiting_max, timeout_s=timeout_s)
    try:
        yield runner
    finally:
        await runner.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


def write_pid_and_wait(path: Path) -> str:
    """Waits, the first time that it is begun."""
    again = path.exists()
    path.write_text(str(os.getpid()))
    while not again:
        time.sleep(0.01)
    return "begun again"


OWNER = """
import asyncio, os, time
from orderwright.infrastructure.concurrency.process_pool import ProcessRunner

async def own():
    runner = ProcessRunner("owned", processes=1, waiting_max=0, timeout_s=60)
    print(await runner.run(os.getpid), flush=True)
    await runner.run(time.sleep, 60)

asyncio.run(own())
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def test_jobs_run_in_one_other_process_and_their_errors_come_back() -> None:
    async with processes() as runner:
        pid = await runner.run(os.getpid)
        with pytest.raises(ZeroDivisionError):
            await runner.run(truediv, 1, 0)

        assert await runner.run(os.getpid) == pid != os.getpid()
        assert await runner.run(signal.getsignal, signal.SIGTERM) == signal.SIG_IGN

    with pytest.raises(Stopping):
        await runner.run(os.getpid)
    assert not is_alive(pid)


async def test_a_killed_process_is_replaced_and_its_job_begun_again(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    async with processes() as runner:
        job = asyncio.create_task(runner.run(write_pid_and_wait, begun))
        await until(lambda: begun.exists() and begun.read_text() != "")
        os.kill(int(begun.read_text()), signal.SIGKILL)

        assert await job == "begun again"

        with pytest.raises(WorkerLost):
            await runner.run(die)
        assert await runner.run(truediv, 1, 2) == 0.5


async def test_more_than_may_wait_is_refused(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    async with processes(waiting_max=1) as runner:
        job = asyncio.create_task(runner.run(write_pid_and_wait, begun))
        await until(begun.exists)
        waiting = asyncio.create_task(runner.run(truediv, 1, 2))
        await asyncio.sleep(0)

        with pytest.raises(QueueFull):
            await runner.run(truediv, 1, 4)

    assert [type(each) for each in await asyncio.gather(job, waiting, return_exceptions=True)] == [
        Stopping,
        Stopping,
    ]


async def test_a_job_that_takes_too_long_is_ended_though_its_caller_is_gone(
    tmp_path: Path,
) -> None:
    begun = tmp_path / "begun"
    async with processes(timeout_s=2) as runner:
        await runner.run(os.getpid)  # starting takes time too
        gone = asyncio.create_task(runner.run(write_pid_and_wait, begun))
        await until(lambda: begun.exists() and begun.read_text() != "")
        gone.cancel()

        await until(lambda: not is_alive(int(begun.read_text())))
        assert await runner.run(truediv, 1, 2) == 0.5


async def test_processes_end_with_the_one_they_belong_to(tmp_path: Path) -> None:
    owner = await asyncio.create_subprocess_exec(sys.executable, "-c", OWNER, stdout=-1)
    assert owner.stdout is not None
    worker = int(await owner.stdout.readline())
    assert is_alive(worker)

    owner.kill()
    await owner.wait()

    await until(lambda: not is_alive(worker))


async def test_map_keeps_the_order_and_takes_no_more_than_it_can_work_on() -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(1, 100):
            taken.append(number)
            yield number

    async with processes(2) as runner, aclosing(runner.map(float, numbers(), chunk_max=5)) as each:
        assert [await anext(each) for _ in range(7)] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
        assert len(taken) == 20  # two chunks given, two in work
