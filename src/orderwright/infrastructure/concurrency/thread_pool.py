from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

from orderwright.domain.interfaces.batching import QueueFull, Stopping

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class ThreadRunner:
    """Runs what blocks, or computes outside Python's lock, beside the event loop: at most `threads`
    at once and `waiting_max` waiting.

    A thread cannot be cut off: a caller that goes away leaves its work running, and its place taken,
    until that is done. Lives as long as the application; the first use starts the first thread.
    """

    def __init__(self, name: str, *, threads: int, waiting_max: int) -> None:
        self._name = name
        self._places = threading.BoundedSemaphore(threads + waiting_max)
        self._crew = _Crew(name, threads)

    async def run(
        self,
        work: Callable[Arguments, Result],
        /,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """What `work` returns or raises, with the caller's context variables.

        Raises: QueueFull, Stopping: it was not begun.
        """
        if self._crew.is_dismissed:
            raise Stopping(f"{self._name} takes nothing more")
        if not self._places.acquire(blocking=False):
            raise QueueFull(f"too much waits for {self._name} already")
        begun: Future[Result] = Future()
        begun.add_done_callback(lambda _: self._places.release())
        self._crew.take(begun, partial(contextvars.copy_context().run, work, *args, **kwargs))
        return await asyncio.wrap_future(begun)

    def close(self) -> None:
        """What waits is cancelled; what runs is not waited for."""
        self._crew.dismiss()


class _Crew:
    """Not the standard library's pool: the interpreter waits for the threads of that one before it
    ends, and so for a name server or a disk that does not answer. Called from the loop's thread."""

    def __init__(self, name: str, size_max: int) -> None:
        self._name = name
        self._size_max = size_max
        self._size = 0
        self._idle = threading.Semaphore(0)
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self.is_dismissed = False

    def take(self, begun: Future[Any], work: Callable[[], Any]) -> None:
        self._jobs.put((begun, work))
        if not self._idle.acquire(blocking=False) and self._size < self._size_max:
            name = f"{self._name}-{self._size}"
            threading.Thread(target=self._work, name=name, daemon=True).start()
            self._size += 1

    def dismiss(self) -> None:
        self.is_dismissed = True
        with suppress(Empty):
            while True:
                if job := self._jobs.get_nowait():
                    job[0].cancel()
        for _ in range(self._size):
            self._jobs.put(None)

    def _work(self) -> None:
        while job := self._jobs.get():
            _do(*job)
            del job  # or its result lives on until the next one comes
            self._idle.release()


def _do(begun: Future[Any], work: Callable[[], Any]) -> None:
    if not begun.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - theirs who asked, whatever it is
        begun.set_exception(error)
    else:
        begun.set_result(result)
