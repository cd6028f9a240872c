from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from orderwright.domain.interfaces.batching import QueueFull, Stopping

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batcher(Generic[Item, Result]):
    """Many ask one by one, and are worked on in groups: while one group is in work, the next gathers
    by itself, so a group is as large as the load makes it and nobody waits for company.

    The queue is bounded: what does not fit is refused at once, so memory does not grow with the load.
    A caller that goes away takes nothing back. Knows nothing of what it gathers.

    Lives from `start` to `stop`, in one event loop; `stop` works off what was taken in.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        capacity: int,
        group_max: int,
        workers: int = 1,
        retry_after_s: int = 1,
        gather_s: float = 0.0,
    ) -> None:
        """`work` gives one result an item, in their order; what it raises is raised to every one of
        its group. `capacity` counts waiting items, beside `workers` groups of `group_max` in work.
        The first of a group waits `gather_s` for company, where a group costs more than that wait."""
        self._work = work
        self._group_max = group_max
        self._workers = workers
        self._retry_after_s = retry_after_s
        self._gather_s = gather_s
        self._queue: asyncio.Queue[tuple[Item, asyncio.Future[Result]]] = asyncio.Queue(capacity)
        self._waiting_for_room = 0
        self._running: list[asyncio.Task[None]] = []
        self._stopping = False

    @property
    def depth(self) -> int:
        """How many wait."""
        return self._queue.qsize()

    def start(self) -> None:
        self._running = [
            asyncio.create_task(self._serve(), name=f"batcher-{number}")
            for number in range(self._workers)
        ]

    async def stop(self) -> None:
        """Refuse what comes, finish what is here."""
        self._stopping = True
        if self._running:
            await self._queue.join()
        for each in self._running:
            each.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def submit(self, item: Item) -> Result:
        """Raises: QueueFull, Stopping."""
        return await self._put_at_once(item)

    async def submit_all(self, items: Sequence[Item]) -> Sequence[Result | BaseException]:
        """Raises: QueueFull, Stopping: none was taken."""
        results: list[Result | BaseException] = []
        for start in range(0, len(items), self._group_max):
            chunk = items[start : start + self._group_max]
            # The first finds the queue full, or there is room by and by for all.
            waiting = [] if start else [self._put_at_once(chunk[0])]
            waiting += [await self._put_when_room(item) for item in chunk[len(waiting) :]]
            results += await asyncio.gather(*waiting, return_exceptions=True)
        return results

    def _put_at_once(self, item: Item) -> asyncio.Future[Result]:
        waiting = self._entry(item)
        # Room that has just been made is for those who wait for it: they were taken in before.
        if self._waiting_for_room or self._queue.full():
            raise QueueFull("too many are waiting already", retry_after_s=self._retry_after_s)
        self._queue.put_nowait(waiting)
        return waiting[1]

    async def _put_when_room(self, item: Item) -> asyncio.Future[Result]:
        """Stopping is its result: those before it were taken, and whoever asks is to hear of them."""
        try:
            waiting = self._entry(item)
        except Stopping as refusal:
            refused: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
            refused.set_exception(refusal)
            return refused
        self._waiting_for_room += 1
        try:
            await self._queue.put(waiting)
        finally:
            self._waiting_for_room -= 1
        return waiting[1]

    def _entry(self, item: Item) -> tuple[Item, asyncio.Future[Result]]:
        if self._stopping:
            raise Stopping("nothing is taken in any more", retry_after_s=self._retry_after_s)
        return item, asyncio.get_running_loop().create_future()

    async def _serve(self) -> None:
        while True:
            # A call, so that nothing of the last group is held on to while waiting for the next.
            await self._serve_group_of(await self._queue.get())

    async def _serve_group_of(self, first: tuple[Item, asyncio.Future[Result]]) -> None:
        group = [first]
        if self._gather_s:
            await asyncio.sleep(self._gather_s)
        while len(group) < self._group_max and not self._queue.empty():
            group.append(self._queue.get_nowait())
        try:
            await self._work_on(group)
        finally:
            for _ in group:
                self._queue.task_done()

    async def _work_on(self, group: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._work([item for item, _ in group])
        except Exception as error:  # noqa: BLE001 - it is theirs who wait, and the next group's turn
            for _, waiter in group:
                if not waiter.done():  # gone: its client hung up
                    waiter.set_exception(error)
            return
        for (_, waiter), result in zip(group, results, strict=True):
            if not waiter.done():
                waiter.set_result(result)
