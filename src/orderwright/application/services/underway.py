from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

# For what was cancelled to put away what it has in hand.
_TO_END_S: Final = 1.0


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
        """What is not done by then is cut off; and left behind, if it does not end even so."""
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=within_s)
        finally:
            cut_off = set(self._tasks)
            for each in cut_off:
                each.cancel()
        if cut_off:
            await asyncio.wait(cut_off, timeout=_TO_END_S)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._ended()
