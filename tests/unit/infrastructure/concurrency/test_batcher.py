"""Groups form by themselves, everybody hears what became of theirs, and nothing grows without bound."""

import asyncio
import weakref
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from orderwright.domain.interfaces.batching import QueueFull, Stopping
from orderwright.infrastructure.concurrency.batcher import Batcher


class Work:
    """Doubles numbers, a group whenever the test lets it; a negative number is more than it can."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def __call__(self, numbers: Sequence[int]) -> Sequence[int]:
        self.groups.append(list(numbers))
        await self.may_go_on.wait()
        if min(numbers) < 0:
            raise ValueError(f"a negative number among {len(numbers)}")
        return [number * 2 for number in numbers]


@asynccontextmanager
async def batching(
    work: Work, *, capacity: int = 100, group_max: int = 10, workers: int = 1
) -> AsyncIterator[Batcher[int, int]]:
    batcher = Batcher(work, capacity=capacity, group_max=group_max, workers=workers)
    batcher.start()
    yield batcher
    work.may_go_on.set()
    await batcher.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0)


def submitted(batcher: Batcher[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    return [asyncio.create_task(batcher.submit(number)) for number in numbers]


async def test_one_alone_does_not_wait_for_company() -> None:
    work = Work()
    async with batching(work) as batcher:
        assert await batcher.submit(4) == 8

    assert work.groups == [[4]]


async def test_what_comes_while_a_group_is_in_work_is_the_next_group() -> None:
    work = Work()
    async with batching(work) as batcher:
        work.may_go_on.clear()
        first = submitted(batcher, 1)
        await until(lambda: work.groups == [[1]])
        others = submitted(batcher, 2, 3, 4)
        await until(lambda: batcher.depth == 3)
        work.may_go_on.set()

        assert await asyncio.gather(*first, *others) == [2, 4, 6, 8]

    assert work.groups == [[1], [2, 3, 4]]


async def test_a_group_has_its_limit() -> None:
    work = Work()
    async with batching(work, group_max=2) as batcher:
        results = await asyncio.gather(*submitted(batcher, 1, 2, 3, 4, 5))

    assert results == [2, 4, 6, 8, 10]
    assert work.groups == [[1, 2], [3, 4], [5]]


async def test_two_workers_have_a_group_each_in_work() -> None:
    work = Work()
    async with batching(work, group_max=1, workers=2) as batcher:
        work.may_go_on.clear()
        waiting = submitted(batcher, 1, 2, 3)
        await until(lambda: work.groups == [[1], [2]])
        work.may_go_on.set()
        await asyncio.gather(*waiting)

    assert work.groups == [[1], [2], [3]]


async def test_a_full_queue_refuses_at_once_and_takes_again_when_there_is_room() -> None:
    work = Work()
    async with batching(work, capacity=2, group_max=1) as batcher:
        work.may_go_on.clear()
        in_work = submitted(batcher, 1)
        await until(lambda: work.groups == [[1]])
        waiting = submitted(batcher, 2, 3)
        await until(lambda: batcher.depth == 2)

        with pytest.raises(QueueFull) as refused:
            await batcher.submit(4)

        assert refused.value.retry_after_s == 1
        work.may_go_on.set()
        assert await asyncio.gather(*in_work, *waiting) == [2, 4, 6]
        assert await batcher.submit(4) == 8


async def test_what_goes_wrong_with_a_group_is_told_to_all_of_it_and_to_nobody_else() -> None:
    work = Work()
    async with batching(work) as batcher:
        told = await asyncio.gather(*submitted(batcher, 1, -1, 3), return_exceptions=True)
        assert [str(each) for each in told] == ["a negative number among 3"] * 3

        assert await batcher.submit(5) == 10


async def test_who_goes_away_takes_nothing_back_and_harms_nobody() -> None:
    work = Work()
    async with batching(work) as batcher:
        work.may_go_on.clear()
        gone, stays = submitted(batcher, 1, 2)
        await until(lambda: work.groups == [[1, 2]])
        gone.cancel()
        work.may_go_on.set()

        assert await stays == 4
        with pytest.raises(asyncio.CancelledError):
            await gone

    assert work.groups == [[1, 2]]


async def test_stopping_finishes_what_was_taken_in_and_takes_nothing_more() -> None:
    work = Work()
    async with batching(work, group_max=2) as batcher:
        work.may_go_on.clear()
        waiting = submitted(batcher, 1, 2, 3)
        await until(lambda: batcher.depth == 1)
        stopping = asyncio.create_task(batcher.stop())
        await asyncio.sleep(0)

        with pytest.raises(Stopping):
            await batcher.submit(4)
        with pytest.raises(Stopping):
            await batcher.submit_all([4])
        assert not stopping.done()
        work.may_go_on.set()
        await stopping
        assert [task.result() for task in waiting] == [2, 4, 6]


async def test_many_at_once_go_in_a_group_at_a_time_and_let_others_between() -> None:
    work = Work()
    async with batching(work, capacity=3, group_max=2) as batcher:
        work.may_go_on.clear()
        many = asyncio.create_task(batcher.submit_all([1, 2, 3, 4, 5]))
        await until(lambda: work.groups == [[1, 2]])
        one = submitted(batcher, 9)
        await until(lambda: batcher.depth == 1)
        work.may_go_on.set()

        assert await many == [2, 4, 6, 8, 10]
        assert [await each for each in one] == [18]

    assert work.groups[1][0] == 9


async def test_of_many_at_once_those_that_were_taken_hear_of_theirs_when_it_stops() -> None:
    work = Work()
    async with batching(work, group_max=2) as batcher:
        work.may_go_on.clear()
        many = asyncio.create_task(batcher.submit_all([1, 2, 3]))
        await until(lambda: work.groups == [[1, 2]])
        stopping = asyncio.create_task(batcher.stop())
        await asyncio.sleep(0)
        work.may_go_on.set()

        *taken, late = await many
        await stopping

    assert (taken, type(late)) == ([2, 4], Stopping)
    assert work.groups == [[1, 2]]


async def test_many_at_once_are_refused_whole_while_the_queue_is_full() -> None:
    work = Work()
    async with batching(work, capacity=1, group_max=1) as batcher:
        work.may_go_on.clear()
        submitted(batcher, 1)
        await until(lambda: work.groups == [[1]])
        submitted(batcher, 2)
        await until(lambda: batcher.depth == 1)

        with pytest.raises(QueueFull):
            await batcher.submit_all([3, 4])


async def test_many_at_once_are_not_overtaken_by_those_who_keep_asking() -> None:
    async def work(numbers: Sequence[int]) -> Sequence[int]:
        await asyncio.sleep(0)
        return numbers

    async def keep_asking(batcher: Batcher[int, int]) -> None:
        while True:
            with suppress(QueueFull):
                await batcher.submit(9)
            await asyncio.sleep(0)

    batcher = Batcher(work, capacity=2, group_max=4)
    many = asyncio.create_task(batcher.submit_all([1, 2, 3, 4]))
    await until(lambda: batcher.depth == 2)
    asking = [asyncio.create_task(keep_asking(batcher)) for _ in range(20)]
    batcher.start()

    async with asyncio.timeout(5):
        assert await many == [1, 2, 3, 4]
    for each in asking:
        each.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    await batcher.stop()


async def test_of_many_at_once_each_hears_of_its_own_group() -> None:
    work = Work()
    async with batching(work, group_max=2) as batcher:
        results = await batcher.submit_all([1, 2, -3, 4, 5])

    assert results[:2] == [2, 4]
    assert [type(each) for each in results[2:4]] == [ValueError, ValueError]
    assert results[4] == 10


class Thing:
    """That can be seen to be gone."""


async def _left_of_one(batcher: Batcher[Thing, None]) -> weakref.ref[Thing]:
    thing = Thing()
    await batcher.submit(thing)
    return weakref.ref(thing)


async def test_the_last_group_is_not_held_on_to_until_the_next() -> None:
    async def work(things: Sequence[Thing]) -> Sequence[None]:
        return [None for _ in things]

    batcher = Batcher(work, capacity=1, group_max=1)
    batcher.start()

    left = await _left_of_one(batcher)

    await until(lambda: left() is None)
    await batcher.stop()
