"""A pool of connections in which nobody is overtaken."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TypeVar

from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.util import await_only
from sqlalchemy.util.queue import Empty, Full, QueueCommon

Item = TypeVar("Item")


class FairQueue(QueueCommon[Item]):
    """Who has waited longest gets what comes back. Of SQLAlchemy's own queue whoever asks just then
    may take it; the one that was woken for it queues at the end again."""

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:  # noqa: FBT001, FBT002 - as the pool calls it
        self.maxsize = maxsize
        self.use_lifo = use_lifo
        self._items: deque[Item] = deque()
        self._waiting: deque[asyncio.Future[Item]] = deque()

    def empty(self) -> bool:
        return not self._items

    def full(self) -> bool:
        return len(self._items) >= self.maxsize > 0

    def qsize(self) -> int:
        return len(self._items)

    def put_nowait(self, item: Item) -> None:
        """Raises: Full."""
        if self._is_taken(item):
            return
        if self.full():
            raise Full
        self._items.append(item)

    def put(self, item: Item, block: bool = True, timeout: float | None = None) -> None:  # noqa: ARG002, FBT001, FBT002
        """Without waiting: the pool makes no more than it has room for. Raises: Full."""
        self.put_nowait(item)

    def get_nowait(self) -> Item:
        """Raises: Empty."""
        if not self._items:
            raise Empty
        return self._items.pop() if self.use_lifo else self._items.popleft()

    def get(self, block: bool = True, timeout: float | None = None) -> Item:  # noqa: FBT001, FBT002
        """Raises: Empty."""
        if self._items or not block:
            return self.get_nowait()
        return await_only(self._wait(timeout))

    async def _wait(self, timeout_s: float | None) -> Item:
        turn: asyncio.Future[Item] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(timeout_s):
                return await turn
        except TimeoutError:
            self._give_up(turn)
            raise Empty from None
        except asyncio.CancelledError:
            self._give_up(turn)
            raise

    def _give_up(self, turn: asyncio.Future[Item]) -> None:
        if turn in self._waiting:
            self._waiting.remove(turn)
        elif not turn.cancelled() and not self._is_taken(turn.result()):  # given in the same moment
            # Even where others have filled the queue since: the pool believes that it is here.
            self._items.append(turn.result())

    def _is_taken(self, item: Item) -> bool:
        """Whether somebody waited for it."""
        while self._waiting:
            first = self._waiting.popleft()
            if not first.done():  # else it was given up just now
                first.set_result(item)
                return True
        return False


class FairPool(AsyncAdaptedQueuePool):
    _queue_class = FairQueue[ConnectionPoolEntry]
