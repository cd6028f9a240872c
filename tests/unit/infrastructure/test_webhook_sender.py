"""How a sender goes about its endpoints, with nothing sent at all."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from orderwright.infrastructure.messaging.wake_up import WakeUp
from orderwright.infrastructure.messaging.webhook_sender import WebhookSender, _Lane
from orderwright.infrastructure.observability.failure_log import StructuredFailureLog


@dataclass(frozen=True)
class Counted:
    tried: int
    arrived: int


@dataclass
class Receivers:
    """`left` of each is due; those that are `dead` take nothing."""

    left: dict[int, int]
    dead: frozenset[int] = frozenset()
    looked: int = 0
    asked: list[tuple[int, int]] = field(default_factory=list)
    closed: bool = False

    async def due(self) -> Sequence[int]:
        self.looked += 1
        return [each for each, many in self.left.items() if many]

    async def send(self, endpoint_id: int, limit: int) -> Counted:
        self.asked.append((endpoint_id, limit))
        tried = min(limit, self.left[endpoint_id])
        arrived = 0 if endpoint_id in self.dead else tried
        self.left[endpoint_id] -= arrived
        return Counted(tried, arrived)

    async def close(self) -> None:
        self.closed = True


def sender(
    receivers: Receivers, *, wake_up: WakeUp | None = None, poll_s: float = 0.001
) -> WebhookSender:
    return WebhookSender(
        receivers.due,
        receivers.send,
        receivers.close,
        StructuredFailureLog(),
        wake_up or WakeUp(),
        poll_s=poll_s,
        at_once_each=4,
        stop_grace_s=1,
    )


async def until_nothing_is_left(receivers: Receivers, endpoint_id: int) -> None:
    async with asyncio.timeout(10):
        while receivers.left[endpoint_id]:
            await asyncio.sleep(0.001)


async def test_it_begins_with_one_and_doubles_while_all_arrives() -> None:
    receivers = Receivers({1: 20})
    service = sender(receivers)

    service.start()
    await until_nothing_is_left(receivers, 1)
    await service.stop()

    assert [limit for _, limit in receivers.asked[:5]] == [1, 2, 4, 4, 4]
    assert receivers.closed


async def test_a_dead_receiver_is_asked_one_at_a_time_with_pauses_and_holds_up_nobody() -> None:
    receivers = Receivers({1: 5, 2: 40}, dead=frozenset({1}))
    service = sender(receivers)

    service.start()
    await until_nothing_is_left(receivers, 2)
    await service.stop()

    assert {limit for endpoint_id, limit in receivers.asked if endpoint_id == 1} == {1}
    assert receivers.left[1] == 5


async def test_a_call_is_answered_at_once_and_not_at_the_next_poll() -> None:
    receivers, wake_up = Receivers({1: 0}), WakeUp()
    service = sender(receivers, wake_up=wake_up, poll_s=600)

    service.start()
    async with asyncio.timeout(10):
        while not receivers.looked:
            await asyncio.sleep(0)
    receivers.left[1] = 3
    wake_up.wake()
    await until_nothing_is_left(receivers, 1)
    await service.stop()

    assert receivers.looked == 2


def test_what_only_waits_for_others_is_looked_for_less_and_less_often() -> None:
    lane = _Lane()

    rests = []
    for _ in range(6):
        lane.note(Counted(0, 0), 100.0, 8)
        rests.append(lane.idle_until - 100)
    lane.note(Counted(1, 1), 200.0, 8)
    lane.note(Counted(0, 0), 200.0, 8)

    assert rests == [0, 0.5, 1.5, 3.5, 5, 5]
    assert not lane.rests(200.0)


def test_no_more_is_asked_for_than_twice_what_there_was() -> None:
    lane = _Lane()

    asked = []
    for tried in (1, 2, 1, 8):
        lane.note(Counted(tried, tried), 0.0, 8)
        asked.append(lane.at_once)

    assert asked == [2, 4, 2, 8]
