"""How tasks are told to a broker that is there, is gone, or never answers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from orderwright.domain.interfaces.task_queue import WaitingTask
from orderwright.infrastructure.messaging.broker_publisher import AT_ONCE, BrokerPublisher
from orderwright.infrastructure.resilience.failures import NotSent

DEADLINE_S = 10


@dataclass
class RecordingBroker:
    """Fails as often as `failures` says; while `hangs`, it never answers."""

    failures: int = 0
    hangs: bool = False
    asked: int = 0
    told: list[str] = field(default_factory=list)
    closed: bool = False

    async def publish(self, tasks: Sequence[WaitingTask]) -> None:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.asked <= self.failures:
            raise ConnectionError("gone")
        self.told.extend(task.id for task in tasks)

    async def probe(self) -> None:
        await self.publish([])

    async def close(self) -> None:
        self.closed = True


def tasks(*numbers: int) -> list[WaitingTask]:
    return [WaitingTask(str(number)) for number in numbers]


def ids(many: int) -> list[str]:
    return [str(number) for number in range(many)]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await asyncio.sleep(0.001)


@asynccontextmanager
async def started(publisher: BrokerPublisher) -> AsyncIterator[None]:
    publisher.start()
    try:
        yield
    finally:
        async with asyncio.timeout(DEADLINE_S):
            await publisher.stop()


async def test_whoever_tells_does_not_wait_for_the_broker() -> None:
    broker = RecordingBroker()
    publisher = BrokerPublisher(broker)
    async with started(publisher):
        await asyncio.sleep(0)

        publisher.tell(tasks(0, 1))

        assert broker.asked == 0
        await until(lambda: broker.told == ids(2))


async def test_what_has_no_room_is_left_out_and_counted() -> None:
    broker = RecordingBroker()
    publisher = BrokerPublisher(broker, capacity=3)

    publisher.tell(tasks(0, 1))
    publisher.tell(tasks(2, 3, 4))
    publisher.tell(tasks(5))

    assert publisher.lost == 3
    async with started(publisher):
        await until(lambda: broker.told == ids(3))


async def test_a_broker_that_fails_is_left_alone_for_a_while() -> None:
    broker = RecordingBroker(failures=1)
    publisher = BrokerPublisher(broker, cool_down_s=DEADLINE_S * 10)
    async with started(publisher):
        publisher.tell(tasks(0))
        await until(lambda: publisher.lost == 1)

        publisher.tell(tasks(1))
        for _ in range(20):
            await asyncio.sleep(0)

        assert broker.asked == 1


async def test_it_goes_on_once_the_broker_is_there_again() -> None:
    broker = RecordingBroker(failures=2)
    publisher = BrokerPublisher(broker, cool_down_s=0)
    async with started(publisher):
        for number in range(3):
            publisher.tell(tasks(number))
            await until(lambda: broker.asked > number)  # noqa: B023 - awaited in this round

        await until(lambda: broker.told == ["2"])
        assert publisher.lost == 2


async def test_what_still_waits_is_told_before_it_stops() -> None:
    broker = RecordingBroker()
    publisher = BrokerPublisher(broker)
    many = 2 * AT_ONCE + 1
    async with started(publisher):
        publisher.tell(tasks(*range(many)))

    assert broker.told == ids(many)
    assert broker.closed


async def test_what_was_being_told_when_it_stops_is_told_again() -> None:
    broker = RecordingBroker(hangs=True)
    publisher = BrokerPublisher(broker)
    async with started(publisher):
        publisher.tell(tasks(0, 1))
        await until(lambda: broker.asked == 1)
        broker.hangs = False

    assert broker.told == ids(2)


async def test_a_broker_that_never_answers_does_not_keep_it_from_stopping() -> None:
    broker = RecordingBroker(hangs=True)
    publisher = BrokerPublisher(broker, stop_grace_s=0.01)
    async with started(publisher):
        publisher.tell(tasks(0))
        await until(lambda: broker.asked == 1)

    assert broker.told == []


async def test_whether_a_broker_answers_is_told_without_telling_it_anything() -> None:
    broker = RecordingBroker(failures=2)
    publisher = BrokerPublisher(broker)

    with pytest.raises(NotSent, match="ConnectionError"):
        await publisher.probe()
    assert not await publisher.answers()
    assert await publisher.answers()
    await publisher.stop()

    assert (broker.told, broker.closed) == ([], True)
