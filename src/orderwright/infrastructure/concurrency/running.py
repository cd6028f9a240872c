from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol


class BackgroundService(Protocol):
    """Something that works beside the requests, from `start` to `stop`."""

    def start(self) -> None: ...

    async def stop(self) -> None:
        """Ends what it does, or leaves it so that somebody else can go on with it."""
        ...


@asynccontextmanager
async def running(services: Iterable[BackgroundService]) -> AsyncIterator[None]:
    """Started one after the other, and stopped in the reverse order; each is stopped, whatever
    happens to the others."""
    async with AsyncExitStack() as stopping:
        for each in services:
            each.start()
            stopping.push_async_callback(each.stop)
        yield
