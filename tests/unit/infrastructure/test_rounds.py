import asyncio
from dataclasses import dataclass, field

from orderwright.domain.entities.task import Task
from orderwright.infrastructure.messaging.rounds import Rounds

DEADLINE_S = 10.0


@dataclass
class Failures:
    of_rounds: list[Exception] = field(default_factory=list)

    def task_failed(self, task: Task, error: Exception) -> None: ...

    def worker_failed(self, error: Exception) -> None:
        self.of_rounds.append(error)


async def test_a_round_that_fails_is_told_and_followed_by_the_next() -> None:
    failures, third = Failures(), asyncio.Event()
    rounds = 0

    async def act() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise OSError("the database is gone")
        if rounds == 3:
            third.set()

    going = Rounds(act, failures, interval_s=0.001)
    going.start()
    async with asyncio.timeout(DEADLINE_S):
        await third.wait()
    await going.stop()

    assert [str(each) for each in failures.of_rounds] == ["the database is gone"]


async def test_a_round_underway_is_cut_off_at_the_end() -> None:
    underway, cut_off = asyncio.Event(), False

    async def act() -> None:
        nonlocal cut_off
        underway.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cut_off = True
            raise

    going = Rounds(act, Failures(), interval_s=0.001)
    going.start()
    async with asyncio.timeout(DEADLINE_S):
        await underway.wait()
    await going.stop()

    assert cut_off


async def test_what_was_never_started_is_stopped_at_once() -> None:
    async def act() -> None: ...

    await Rounds(act, Failures(), interval_s=1.0).stop()
