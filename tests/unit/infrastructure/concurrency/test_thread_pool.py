"""What blocks runs beside the event loop, only so much of it, and errors come back."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import pytest

from orderwright.domain.interfaces.batching import QueueFull, Stopping
from orderwright.infrastructure.concurrency.thread_pool import ThreadRunner

request_id: ContextVar[str] = ContextVar("request_id")


@contextmanager
def threads(*, waiting_max: int = 0) -> Iterator[tuple[ThreadRunner, threading.Event]]:
    """One thread, and what it may be told to wait for."""
    runner = ThreadRunner("tested", threads=1, waiting_max=waiting_max)
    may_go_on = threading.Event()
    yield runner, may_go_on
    may_go_on.set()
    runner.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


async def test_work_runs_in_a_named_thread_with_the_context_of_its_caller() -> None:
    request_id.set("r-1")
    with threads() as (runner, _):
        name, of_request = await runner.run(
            lambda: (threading.current_thread().name, request_id.get())
        )

    assert name.startswith("tested")
    assert of_request == "r-1"


async def test_an_error_comes_back_to_the_caller() -> None:
    with threads() as (runner, _):
        with pytest.raises(ValueError, match="invalid literal"):
            await runner.run(int, "seven")
        assert await runner.run(int, "7") == 7


async def test_more_than_may_wait_is_refused_and_a_caller_that_is_gone_keeps_its_thread() -> None:
    with threads(waiting_max=1) as (runner, may_go_on):
        begun = threading.Event()

        def begin_and_wait() -> None:
            begun.set()
            may_go_on.wait(5)

        gone = asyncio.create_task(runner.run(begin_and_wait))
        await until(begun.is_set)
        gone.cancel()
        waiting = asyncio.create_task(runner.run(int, "7"))
        await asyncio.sleep(0)

        with pytest.raises(QueueFull):
            await runner.run(int, "8")

        may_go_on.set()
        assert await waiting == 7
        assert await runner.run(int, "8") == 8


async def test_a_closed_runner_begins_nothing() -> None:
    with threads() as (runner, _):
        runner.close()
        for _ in range(2):  # no place is lost by being refused
            with pytest.raises(Stopping):
                await runner.run(int, "7")


ENDS_WHILE_A_THREAD_HANGS = """
import asyncio, threading
from orderwright.infrastructure.concurrency.thread_pool import ThreadRunner

async def main():
    runner = ThreadRunner("hangs", threads=1, waiting_max=0)
    asyncio.create_task(runner.run(threading.Event().wait))
    await asyncio.sleep(0)
    runner.close()
    print("closed")

asyncio.run(main())
"""


def test_a_thread_that_hangs_does_not_keep_the_process_from_ending() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", ENDS_WHILE_A_THREAD_HANGS],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (ran.stdout, ran.returncode) == ("closed\n", 0), ran.stderr
