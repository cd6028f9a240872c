import asyncio

import pytest
from sqlalchemy.util import greenlet_spawn
from sqlalchemy.util.queue import Empty, Full

from orderwright.infrastructure.database.fair_pool import FairQueue


async def _got(queue: FairQueue[str], timeout_s: float = 5.0) -> str:
    return await greenlet_spawn(queue.get, True, timeout_s)


async def _until_waiting(waiting: asyncio.Task[str]) -> None:
    """A task runs up to where it waits in one turn of the loop."""
    await asyncio.sleep(0)
    assert not waiting.done()


async def test_whoever_comes_later_does_not_overtake() -> None:
    queue: FairQueue[str] = FairQueue(1)
    first = asyncio.create_task(_got(queue))
    await _until_waiting(first)

    queue.put("a connection")

    with pytest.raises(Empty):
        queue.get_nowait()
    assert await first == "a connection"


async def test_turns_come_in_the_order_of_asking() -> None:
    queue: FairQueue[str] = FairQueue(3)
    waiting = [asyncio.create_task(_got(queue)) for _ in range(3)]
    await _until_waiting(waiting[2])

    for item in ("a", "b", "c"):
        queue.put(item)

    assert await asyncio.gather(*waiting) == ["a", "b", "c"]


async def test_waiting_ends_in_time() -> None:
    queue: FairQueue[str] = FairQueue(1)

    with pytest.raises(Empty):
        await _got(queue, timeout_s=0.01)

    queue.put("a connection")
    assert queue.get_nowait() == "a connection"


async def test_what_a_cancelled_one_was_given_goes_to_the_next() -> None:
    queue: FairQueue[str] = FairQueue(1)
    gone, next_one = (asyncio.create_task(_got(queue)) for _ in range(2))
    await _until_waiting(next_one)

    queue.put("a connection")
    gone.cancel()

    assert await next_one == "a connection"
    assert gone.cancelled()


async def test_what_a_cancelled_one_was_given_is_not_lost_where_the_room_is_taken_since() -> None:
    queue: FairQueue[str] = FairQueue(1)
    gone = asyncio.create_task(_got(queue))
    await _until_waiting(gone)

    queue.put("a")
    queue.put("b")
    gone.cancel()

    with pytest.raises(asyncio.CancelledError):
        await gone
    assert [queue.get_nowait(), queue.get_nowait()] == ["b", "a"]


async def test_what_nobody_waits_for_is_kept_as_far_as_there_is_room() -> None:
    queue: FairQueue[str] = FairQueue(1)
    queue.put("a")

    with pytest.raises(Full):
        queue.put("b")

    assert (queue.qsize(), queue.full(), queue.empty()) == (1, True, False)
    assert await _got(queue) == "a"
    assert (queue.qsize(), queue.full(), queue.empty()) == (0, False, True)
