from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class LoopThread(Generic[T]):
    """One event loop with one thing opened in it, for a process that knows no event loops."""

    def __init__(self, opened: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        self._opened = opened
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="event-loop", daemon=True)
        self._error: BaseException | None = None

    def start(self) -> None:
        """Raises: whatever opening it raised."""
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            raise self._error

    def call(self, act: Callable[[T], Awaitable[R]]) -> R:
        """Do it there, and wait for it here."""

        async def acting() -> R:
            return await act(self._thing)

        return asyncio.run_coroutine_threadsafe(acting(), self._loop).result()

    def stop(self, timeout_s: float) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner:
                runner.run(self._live())
        except BaseException as error:  # noqa: BLE001 - told to whoever started it
            self._error = error
        finally:
            self._ready.set()

    async def _live(self) -> None:
        self._loop: Any = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        async with self._opened() as self._thing:
            self._ready.set()
            await self._stopped.wait()
