from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import islice
from multiprocessing.connection import wait
from typing import Final, ParamSpec, TypeVar

from orderwright.domain.errors import Unavailable
from orderwright.domain.interfaces.batching import QueueFull, Stopping

Arguments = ParamSpec("Arguments")
Item = TypeVar("Item")
Result = TypeVar("Result")

# Never `fork`: a copy of a process with threads may hold a lock that nobody gives back.
START_METHOD: Final = "spawn" if sys.platform == "win32" else "forkserver"


class WorkerLost(Unavailable):
    """The process that computed died, and so did the next one: perhaps there is too little memory."""

    code = "worker_lost"


class ProcessRunner:
    """Computes in other processes, beside Python's lock: at most `processes` jobs at once and
    `waiting_max` waiting. Functions, arguments and results are pickled.

    A job that takes longer than `timeout_s`, or whose process is killed, takes its processes with
    it, and new ones are started; other jobs that were in those begin again, so a job should be free
    of effects. Lives as long as the application; the first job starts the first process.
    """

    def __init__(self, name: str, *, processes: int, waiting_max: int, timeout_s: float) -> None:
        self._name = name
        self._processes = processes
        self._waiting_max = waiting_max
        self._waiting = 0
        self._timeout_s = timeout_s
        self._free = asyncio.Semaphore(processes)
        self._jobs: set[asyncio.Task[object]] = set()
        self._pool: _Pool | None = None
        self._closed = False

    async def run(
        self,
        work: Callable[Arguments, Result],
        /,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """What `work` returns or raises. A caller that goes away leaves a begun job running.

        Raises:
            QueueFull, Stopping: it was not begun.
            TimeoutError: it was ended, or its turn did not come in time.
            WorkerLost: it was begun twice, and its process died both times.
        """
        await self._turn()
        job = asyncio.create_task(self._in_turn(partial(work, *args, **kwargs)))
        self._jobs.add(job)
        job.add_done_callback(self._done)
        return await asyncio.shield(job)

    async def map(
        self, work: Callable[[Item], Result], items: Iterable[Item], *, chunk_max: int
    ) -> AsyncGenerator[Result, None]:
        """The result of each item, in their order. Only as many chunks are taken from `items` as
        there are processes, and one: neither side gets ahead. Close it when it is left early.

        Raises: what `run` raises, and `work`, when its turn comes.
        """
        begun: deque[asyncio.Task[list[Result]]] = deque()
        try:
            for chunk in _chunks(items, chunk_max):
                begun.append(asyncio.create_task(self.run(_each, work, chunk)))
                if len(begun) > self._processes:
                    for result in await begun.popleft():
                        yield result
            while begun:
                for result in await begun.popleft():
                    yield result
        finally:
            for each in begun:
                each.cancel()
            await asyncio.gather(*begun, return_exceptions=True)

    async def close(self) -> None:
        """Ends what runs, and waits for the processes to be gone."""
        self._closed = True
        if self._pool is not None:
            self._pool.kill()
            await asyncio.gather(*self._jobs, return_exceptions=True)
            await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)

    async def _turn(self) -> None:
        if self._waiting >= self._waiting_max and self._free.locked():
            raise QueueFull(f"too much waits for {self._name} already")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._free.acquire()
        finally:
            self._waiting -= 1

    async def _in_turn(self, work: Callable[[], Result]) -> Result:
        try:
            try:
                return await self._once(work)
            except BrokenProcessPool:
                return await self._once(work)
        except BrokenProcessPool:
            raise WorkerLost(f"a process of {self._name} died twice over one job") from None
        finally:
            self._free.release()

    async def _once(self, work: Callable[[], Result]) -> Result:
        pool = self._opened()
        try:
            async with asyncio.timeout(self._timeout_s) as deadline:
                return await asyncio.wrap_future(pool.submit(work))
        except TimeoutError:
            if deadline.expired():
                pool.kill()
                self._drop(pool)
            raise
        except BrokenProcessPool:
            self._drop(pool)
            raise

    def _opened(self) -> _Pool:
        if self._closed:
            raise Stopping(f"{self._name} takes nothing more")
        if self._pool is None:
            self._pool = _Pool(
                self._processes,
                mp_context=multiprocessing.get_context(START_METHOD),
                initializer=_begin_life,
            )
        return self._pool

    def _drop(self, pool: _Pool) -> None:
        """The next job opens another one, unless one has already."""
        if self._pool is pool and not self._closed:
            self._pool = None
            pool.shutdown(wait=False, cancel_futures=True)

    def _done(self, job: asyncio.Task[object]) -> None:
        self._jobs.discard(job)
        if not job.cancelled():
            job.exception()  # its caller may be gone: then nobody else asks


class _Pool(ProcessPoolExecutor):
    def kill(self) -> None:
        for each in list((self._processes or {}).values()):
            each.kill()


def _begin_life() -> None:
    """In the new process: the parent says when it is over, by a kill or by being gone."""
    for each in (signal.SIGINT, signal.SIGTERM):  # a terminal and systemd send them to all
        signal.signal(each, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _each(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [work(item) for item in items]


def _chunks(items: Iterable[Item], size: int) -> Iterator[Sequence[Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
