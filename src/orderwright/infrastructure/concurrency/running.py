from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol


class BackgroundService(Protocol):
    """Something that works beside the requests, from `start` to `stop`."""

    def start(self) -> None: ...

    async def stop(self) -> None:
        """Ends what it does, or leaves it so that somebody else can go on with it."""
        ...


class _Several:
    def __init__(self, services: Sequence[BackgroundService]) -> None:
        self._services = services

    def start(self) -> None:
        for each in self._services:
            each.start()


class Stacked(_Several):
    """Services each of which rests on those before it."""

    async def stop(self) -> None:
        async with AsyncExitStack() as stopping:
            for each in self._services:
                stopping.push_async_callback(each.stop)


class SideBySide(_Several):
    """Services that know nothing of each other: to stop them takes as long as the slowest of them."""

    async def stop(self) -> None:
        ends = await asyncio.gather(
            *(each.stop() for each in self._services), return_exceptions=True
        )
        for each in ends:
            if isinstance(each, BaseException):
                raise each


class EndedEarly:
    """A service that begins to stop when `until` comes, while others still have their callers."""

    def __init__(self, service: BackgroundService, until: Callable[[], Awaitable[object]]) -> None:
        self._service = service
        self._until = until
        self._watching: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._service.start()
        self._watching = asyncio.create_task(self._watch(), name="watching-for-the-end")

    async def stop(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
        await self._end()

    async def _watch(self) -> None:
        await self._until()
        self._end()

    def _end(self) -> asyncio.Task[None]:
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._service.stop(), name="ending")
        return self._stopping


@asynccontextmanager
async def running(services: Iterable[BackgroundService]) -> AsyncIterator[None]:
    """Started one after the other, and stopped in the reverse order; each is stopped, whatever
    happens to the others."""
    async with AsyncExitStack() as stopping:
        for each in services:
            each.start()
            stopping.push_async_callback(each.stop)
        yield
