from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

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
        self._threads = threads
        self._places = threading.BoundedSemaphore(threads + waiting_max)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)

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
        if not self._places.acquire(blocking=False):
            raise QueueFull(f"too much waits for {self._name} already")
        begun = self._begin(partial(contextvars.copy_context().run, work, *args, **kwargs))
        begun.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(begun)

    def close(self) -> None:
        """What waits is cancelled; what runs is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self, work: Callable[[], Result]) -> Future[Result]:
        try:
            return self._pool.submit(work)
        except RuntimeError:  # the only way the pool has to say that it is shut down
            self._places.release()
            raise Stopping(f"{self._name} takes nothing more") from None
