from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from orderwright.domain.interfaces.failure_log import FailureLog


class Rounds:
    """Does something every so often in the server's own process, from `start` to `stop`.

    What it does is safe to cut off, and to do in several processes at once.
    """

    def __init__(
        self, act: Callable[[], Awaitable[object]], failures: FailureLog, interval_s: float
    ) -> None:
        self._act = act
        self._failures = failures
        self._interval_s = interval_s
        self._stopping = False
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._loop = asyncio.create_task(self._go_round(), name="rounds")

    async def stop(self) -> None:
        self._stopping = True
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.wait([self._loop])

    async def _go_round(self) -> None:
        # Not for ever until cancelled: what fails on being cut off says that it failed, and no more.
        while not self._stopping:
            await asyncio.sleep(self._interval_s)
            try:
                await self._act()
            except Exception as error:  # noqa: BLE001 - the next round may find the database again
                self._failures.worker_failed(error)
