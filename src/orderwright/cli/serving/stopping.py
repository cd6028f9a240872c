"""Stopping without cutting anybody off: first unready, then idle, then gone."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from starlette.types import ASGIApp, Receive, Scope, Send

from orderwright.cli.stop_signals import STOP_SIGNALS


class GracefulStop:
    """The service as the server sees it. At the first signal the service is told to drain, and only
    when the requests that are here have their answers does the server hear of it: by itself it
    would close its door at once, so that nobody could ask whether it is ready.

    Made inside the event loop, after the server has taken over the signals.
    """

    def __init__(self, app: ASGIApp, *, drain: Callable[[], None], grace_s: float) -> None:
        self._app = app
        self._drain = drain
        self._grace_s = grace_s
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Task[None] | None = None
        self._told = False
        self._handlers = {each: signal.signal(each, self._on_signal) for each in STOP_SIGNALS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._in_flight += 1
        self._idle.clear()
        try:
            await self._app(scope, receive, send)
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if not self._told:
            self._told = True
            self._drain()
            self._loop.call_soon_threadsafe(self._wait_to_stop, number)
        elif number == signal.SIGINT:  # Ctrl-C again: somebody does not want to wait
            self._stop(number)

    def _wait_to_stop(self, number: int) -> None:
        self._waiting = self._loop.create_task(self._stop_when_idle(number))

    async def _stop_when_idle(self, number: int) -> None:
        with suppress(TimeoutError):  # the server cuts off whoever is still here then
            async with asyncio.timeout(self._grace_s):
                await self._idle.wait()
        self._stop(number)

    def _stop(self, number: int) -> None:
        handler = self._handlers[signal.Signals(number)]
        if callable(handler):
            handler(number, None)
