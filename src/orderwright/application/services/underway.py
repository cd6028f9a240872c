from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Underway:
    """What was begun and is not waited for, so that what is slow holds up nothing beside it."""

    def __init__(self, ended: Callable[[], None] = lambda: None) -> None:
        """`ended` is called whenever something has."""
        self._ended = ended
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def names(self) -> set[str]:
        return {each.get_name() for each in self._tasks}

    def begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._end)

    async def wait(self) -> None:
        """Until nothing of what is here now is left.

        Raises: what any of it raised.
        """
        await asyncio.gather(*self._tasks)

    async def finish(self, within_s: float) -> None:
        """What is not done by then is cut off."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within_s)
        cut_off = list(self._tasks)
        for each in cut_off:
            each.cancel()
        await asyncio.gather(*cut_off, return_exceptions=True)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._ended()
