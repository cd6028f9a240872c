"""One message at a time and in order, everybody hears of errors, and nothing waits for ever."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from orderwright.domain.interfaces.batching import QueueFull, Stopping
from orderwright.infrastructure.concurrency.actor import Actor, ActorSystem


class Halving:
    """Halves numbers whenever the test lets it; an odd number is more than it can."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.errors: list[str] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def receive(self, number: int) -> int:
        self.begun.append(number)
        await self.may_go_on.wait()
        if number % 2:
            raise ValueError(f"{number} is odd")
        return number // 2

    def on_error(self, name: str, error: Exception) -> None:
        self.errors.append(f"{name}: {type(error).__name__}: {error}")


@asynccontextmanager
async def halver(halving: Halving, *, mailbox_max: int = 100) -> AsyncIterator[Actor[int, int]]:
    actor = Actor("halver", halving.receive, mailbox_max=mailbox_max, on_error=halving.on_error)
    actor.start()
    yield actor
    halving.may_go_on.set()
    await actor.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0)


def asked(actor: Actor[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    return [asyncio.create_task(actor.ask(each, timeout_s=5, when_full="wait")) for each in numbers]


async def test_messages_are_worked_on_one_by_one_in_their_order() -> None:
    halving = Halving()
    halving.may_go_on.clear()
    async with halver(halving) as actor:
        for number in (8, 6, 4):
            await actor.send(number, when_full="refuse")
        await until(lambda: halving.begun == [8])
        assert actor.depth == 2

        halving.may_go_on.set()
        assert await actor.ask(2, timeout_s=5, when_full="refuse") == 1

    assert halving.begun == [8, 6, 4, 2]


async def test_an_error_reaches_the_asker_and_the_actor_goes_on() -> None:
    halving = Halving()
    async with halver(halving) as actor:
        with pytest.raises(ValueError, match="7 is odd"):
            await actor.ask(7, timeout_s=5, when_full="refuse")
        assert await actor.ask(8, timeout_s=5, when_full="refuse") == 4

    assert halving.errors == []


async def test_an_error_that_nobody_waits_for_reaches_the_hook_and_the_actor_goes_on() -> None:
    halving = Halving()
    halving.may_go_on.clear()
    async with halver(halving) as actor:
        [gone] = asked(actor, 5)
        await until(lambda: halving.begun == [5])
        gone.cancel()
        await actor.send(7, when_full="refuse")
        halving.may_go_on.set()

        assert await actor.ask(8, timeout_s=5, when_full="refuse") == 4

    assert halving.errors == ["halver: ValueError: 5 is odd", "halver: ValueError: 7 is odd"]


async def test_who_waits_too_long_is_told_and_what_nobody_waits_for_is_not_begun() -> None:
    halving = Halving()
    halving.may_go_on.clear()
    async with halver(halving) as actor:
        await actor.send(2, when_full="refuse")
        with pytest.raises(TimeoutError):
            await actor.ask(4, timeout_s=0.01, when_full="refuse")
        halving.may_go_on.set()
        assert await actor.ask(6, timeout_s=5, when_full="refuse") == 3

    assert halving.begun == [2, 6]


async def test_a_full_mailbox_refuses_or_lets_wait_as_the_sender_likes() -> None:
    halving = Halving()
    halving.may_go_on.clear()
    async with halver(halving, mailbox_max=1) as actor:
        await actor.send(2, when_full="refuse")
        await until(lambda: halving.begun == [2])
        await actor.send(4, when_full="refuse")

        with pytest.raises(QueueFull):
            await actor.send(6, when_full="refuse")
        with pytest.raises(TimeoutError):
            await actor.ask(8, timeout_s=0.01, when_full="wait")
        waiting = asyncio.create_task(actor.send(10, when_full="wait"))
        await asyncio.sleep(0)
        assert not waiting.done()

        halving.may_go_on.set()
        await waiting
        await until(lambda: halving.begun == [2, 4, 10])


async def test_stopping_works_off_what_was_taken_and_takes_nothing_more() -> None:
    halving = Halving()
    halving.may_go_on.clear()
    async with halver(halving, mailbox_max=1) as actor:
        answers = asked(actor, 8, 6)
        await until(lambda: halving.begun == [8] and actor.depth == 1)
        waits_for_room = asyncio.create_task(actor.send(4, when_full="wait"))
        await asyncio.sleep(0)
        stopping = asyncio.create_task(actor.stop())
        await asyncio.sleep(0)
        assert not stopping.done()

        halving.may_go_on.set()
        assert await asyncio.gather(*answers) == [4, 3]
        for refused in (waits_for_room, actor.send(2, when_full="wait")):
            with pytest.raises(Stopping):
                await refused
        await stopping

    assert halving.begun == [8, 6]


async def test_what_is_left_when_the_limit_is_reached_is_cut_off_and_everybody_told() -> None:
    halving = Halving()
    halving.may_go_on.clear()
    async with halver(halving) as actor:
        answers = asked(actor, 8, 6)
        await until(lambda: halving.begun == [8])
        await actor.send(4, when_full="refuse")

        await actor.stop(limit_s=0.01)

        told = await asyncio.gather(*answers, return_exceptions=True)
        assert [type(each) for each in told] == [Stopping, Stopping]

    assert halving.begun == [8]
    assert halving.errors == ["halver: Stopping: halver works on nothing any more"]


async def test_a_cancelled_actor_ends_and_leaves_nobody_waiting() -> None:
    halving = Halving()
    halving.may_go_on.clear()
    async with halver(halving) as actor:
        answers = asked(actor, 8, 6)
        await until(lambda: halving.begun == [8])
        assert actor._working is not None
        actor._working.cancel()

        told = await asyncio.gather(*answers, return_exceptions=True)
        assert [type(each) for each in told] == [Stopping, Stopping]
        with pytest.raises(Stopping):
            await actor.send(4, when_full="wait")
        assert actor._working.cancelled()


async def test_something_cancelled_inside_a_message_ends_that_message_only() -> None:
    async def receive(number: int) -> int:
        inner = asyncio.create_task(asyncio.sleep(0))
        if number == 1:
            inner.cancel()
        await inner
        return number

    actor = Actor("inner", receive, mailbox_max=5, on_error=Halving().on_error)
    actor.start()
    with pytest.raises(Stopping):
        await actor.ask(1, timeout_s=5, when_full="refuse")
    assert await actor.ask(2, timeout_s=5, when_full="refuse") == 2
    await actor.stop()


async def test_what_ends_more_than_a_message_leaves_its_asker_waiting_for_nothing() -> None:
    class TheEnd(BaseException):
        pass

    async def receive(_number: int) -> int:
        raise TheEnd

    actor = Actor("ended", receive, mailbox_max=5, on_error=Halving().on_error)
    actor.start()
    with pytest.raises(Stopping):
        await actor.ask(1, timeout_s=60, when_full="refuse")
    assert actor._working is not None
    with pytest.raises(TheEnd):
        await actor._working


async def test_an_actor_does_not_wait_for_itself() -> None:
    async def receive(number: int) -> None:
        if number == 1:
            await actor.ask(2, timeout_s=5, when_full="wait")
        if number == 2:
            for _ in range(2):
                await actor.send(3, when_full="wait")
        if number == 4:
            await actor.stop()

    actor: Actor[int, None] = Actor("self", receive, mailbox_max=1, on_error=Halving().on_error)
    actor.start()
    with pytest.raises(RuntimeError, match="actor self would wait for itself"):
        await actor.ask(1, timeout_s=5, when_full="wait")
    with pytest.raises(QueueFull):
        await actor.ask(2, timeout_s=5, when_full="wait")
    with pytest.raises(RuntimeError, match="actor self would wait for itself"):
        await actor.ask(4, timeout_s=5, when_full="wait")
    await actor.stop(limit_s=0)


async def test_a_system_finds_its_actors_by_name_and_stops_all_of_them() -> None:
    halving = Halving()
    system: ActorSystem[int, int] = ActorSystem(
        mailbox_max=5, on_error=halving.on_error, drain_limit_s=5
    )
    first = system.create("first", halving.receive)
    system.create("second", halving.receive)

    assert system.get("first") is first
    assert system.get("third") is None
    with pytest.raises(ValueError, match="there is an actor first already"):
        system.create("first", halving.receive)
    await system.end("first")
    assert system.names() == {"second"}

    answers = asked(system.create("first", halving.receive), 8)
    await asyncio.sleep(0)
    await system.stop()

    assert await asyncio.gather(*answers) == [4]
    assert system.names() == frozenset()
    with pytest.raises(Stopping):
        system.create("third", halving.receive)
