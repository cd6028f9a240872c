"""How a sender goes about its endpoints, with nothing sent at all."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from orderwright.infrastructure.messaging.webhook_sender import WebhookSender
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
    asked: list[tuple[int, int]] = field(default_factory=list)
    closed: bool = False

    async def due(self) -> Sequence[int]:
        return [each for each, many in self.left.items() if many]

    async def send(self, endpoint_id: int, limit: int) -> Counted:
        self.asked.append((endpoint_id, limit))
        tried = min(limit, self.left[endpoint_id])
        arrived = 0 if endpoint_id in self.dead else tried
        self.left[endpoint_id] -= arrived
        return Counted(tried, arrived)

    async def close(self) -> None:
        self.closed = True


def sender(receivers: Receivers) -> WebhookSender:
    return WebhookSender(
        receivers.due,
        receivers.send,
        receivers.close,
        StructuredFailureLog(),
        poll_s=0.001,
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
