from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from orderwright.domain.interfaces.failure_log import FailureLog
from orderwright.infrastructure.messaging.pace import Pace
from orderwright.infrastructure.messaging.wake_up import WakeUp

# Longer than any task takes that is not stuck; what is cut off is run again once its lease is over.
STOP_GRACE_S: Final = 5.0
# How long a task waits that another process put down; this process's own come with a call.
POLL_INTERVAL_S: Final = 0.5


class EmbeddedWorker:
    """Does what is due in the server's own process, over and over; nothing but the database is needed.

    Lives from `start` to `stop`, which lets what runs finish if it does so soon.
    """

    def __init__(
        self,
        run_due: Callable[[], Awaitable[int]],
        failures: FailureLog,
        wake_up: WakeUp,
        poll_interval_s: float = POLL_INTERVAL_S,
        *,
        finish: Callable[[float], Awaitable[object]] | None = None,
        pace: Pace | None = None,
        stop_grace_s: float = STOP_GRACE_S,
    ) -> None:
        """`run_due` tells how much it did; with a `pace` it rests in between. `finish` waits so many
        seconds for what `run_due` has begun and not waited for, and cuts off the rest."""
        self._run_due = run_due
        self._failures = failures
        self._poll_interval_s = poll_interval_s
        self._stop_grace_s = stop_grace_s
        self._wake_up = wake_up
        self._finish = finish
        self._pace = pace
        self._stopping = False
        self._stop_called = WakeUp()
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._loop = asyncio.create_task(self._work(), name="embedded-worker")

    async def stop(self) -> None:
        self._stopping = True
        self._wake_up.wake()
        self._stop_called.wake()
        if self._loop is None:
            return
        time = asyncio.get_running_loop().time
        until = time() + self._stop_grace_s
        await asyncio.wait([self._loop], timeout=self._stop_grace_s)
        self._loop.cancel()
        await asyncio.wait([self._loop])
        if self._finish is not None:
            await self._finish(max(0.0, until - time()))

    async def _work(self) -> None:
        while not self._stopping:
            began = asyncio.get_running_loop().time()
            if done := await self._done():
                await self._rest(done, asyncio.get_running_loop().time() - began)
            else:
                await self._wake_up.wait(self._poll_interval_s)

    async def _done(self) -> int:
        try:
            return await self._run_due()
        except Exception as error:  # noqa: BLE001 - the worker outlives a lost database
            self._failures.worker_failed(error)
            return 0

    async def _rest(self, done: int, took_s: float) -> None:
        if self._pace and (rest_s := self._pace.rest_s(done, took_s)):
            await self._stop_called.wait(rest_s)
