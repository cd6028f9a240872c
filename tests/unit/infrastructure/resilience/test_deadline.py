"""Nobody has more time than whoever called them."""

import asyncio

import pytest

from orderwright.infrastructure.resilience.deadline import (
    LAST_WORDS_S,
    passing_on,
    time_left_s,
    within,
)


async def for_ever() -> None:
    await asyncio.Event().wait()


async def test_without_a_deadline_there_is_all_the_time_in_the_world() -> None:
    assert time_left_s() == float("inf")


async def test_an_inner_deadline_is_the_nearer_of_the_two() -> None:
    async with within(5):
        async with within(60):
            assert 0 < time_left_s() <= 5 - LAST_WORDS_S
        async with within(1):
            assert 0 < time_left_s() <= 1
        assert 1 < time_left_s() <= 5
    assert time_left_s() == float("inf")


async def test_tasks_inherit_it() -> None:
    async def look() -> float:
        return time_left_s()

    async with within(5), asyncio.TaskGroup() as group:
        seen = group.create_task(look())

    assert 0 < seen.result() <= 5


async def test_what_takes_too_long_is_cut_off() -> None:
    with pytest.raises(TimeoutError):
        async with within(0):
            await for_ever()


async def test_the_inner_one_ends_first_so_that_it_can_say_what_became_of_the_call() -> None:
    heard = []
    async with within(0.2):
        try:
            async with within(60):
                await for_ever()
        except TimeoutError:
            heard.append("unknown")

    assert heard == ["unknown"]


async def test_a_cancellation_from_elsewhere_passes_through() -> None:
    async def work() -> None:
        async with within(60):
            await for_ever()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_a_deadline_that_is_passed_on_ends_what_is_called_and_not_the_caller() -> None:
    with passing_on(0):
        assert time_left_s() == 0
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            async with within(60):
                await for_ever()
    assert time_left_s() == float("inf")
