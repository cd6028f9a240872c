"""What fails on being cut off hides that it was cut off: a transaction that can't be rolled back says so,
and nothing else. Who does such things over and over ends all the same."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol, cast

import pytest

from orderwright.application.services.event_hub import EventHub
from orderwright.application.services.lease_renewal import renewed
from orderwright.domain.interfaces.event_feed import EventFeedReader
from orderwright.domain.interfaces.task_queue import WaitingTask
from orderwright.infrastructure.concurrency.actor import Actor
from orderwright.infrastructure.messaging.broker_publisher import BrokerPublisher
from orderwright.infrastructure.messaging.embedded_worker import EmbeddedWorker
from orderwright.infrastructure.messaging.rounds import Rounds
from orderwright.infrastructure.messaging.wake_up import WakeUp
from orderwright.infrastructure.messaging.webhook_sender import WebhookSender
from orderwright.infrastructure.observability.failure_log import StructuredFailureLog

DEADLINE_S: Final = 10.0
FAILURES: Final = StructuredFailureLog()


@dataclass
class Touchy:
    """Waits for ever, and fails on being cut off. A feed, a broker, and whatever else is asked."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def act(self, *_: object) -> Any:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError("cannot roll back") from None

    async def events(self, **_: object) -> Any:
        return await self.act()

    async def head(self) -> int:
        return 0

    publish = act

    async def close(self) -> None: ...


class Service(Protocol):
    def start(self) -> None: ...
    async def stop(self) -> None: ...


def rounds(touchy: Touchy) -> Service:
    return Rounds(touchy.act, FAILURES, interval_s=0.001)


def worker(touchy: Touchy) -> Service:
    return EmbeddedWorker(touchy.act, FAILURES, WakeUp(), stop_grace_s=0.01)


def sender(touchy: Touchy) -> Service:
    return WebhookSender(
        touchy.act,
        touchy.act,
        touchy.close,
        FAILURES,
        WakeUp(),
        poll_s=0.001,
        at_once_each=1,
        stop_grace_s=0.01,
    )


def publisher(touchy: Touchy) -> Service:
    publisher = BrokerPublisher(cast("Any", touchy), cool_down_s=0.001, stop_grace_s=0.01)
    publisher.tell([WaitingTask("1")])
    return publisher


@dataclass
class FollowedHub:
    touchy: Touchy

    def start(self) -> None:
        self.hub = EventHub(
            cast("EventFeedReader", self.touchy),
            lambda _: b"",
            FAILURES,
            wait=asyncio.sleep,
            is_draining=lambda: False,
            poll_s=0.001,
            clients_max=1,
        )
        self.hub.start()
        self._joining = asyncio.create_task(self.hub.join(self.hub.open(None, asyncio.Event())))

    async def stop(self) -> None:
        await self.hub.stop()


@pytest.mark.parametrize("service_of", [rounds, worker, sender, publisher, FollowedHub])
async def test_a_service_ends(service_of: Callable[[Touchy], Service]) -> None:
    touchy = Touchy()
    service = service_of(touchy)
    service.start()

    async with asyncio.timeout(DEADLINE_S):
        await touchy.begun.wait()
        await service.stop()


async def test_an_actor_takes_nothing_up_after_what_was_cut_off() -> None:
    touchy, errors = Touchy(), list[str]()
    actor = Actor(
        "touchy",
        touchy.act,
        mailbox_max=2,
        on_error=lambda _, error: errors.append(type(error).__name__),
    )
    actor.start()
    for _ in range(2):
        await actor.send(None, when_full="refuse")

    async with asyncio.timeout(DEADLINE_S):
        await touchy.begun.wait()
        await actor.stop(limit_s=0.01)

    assert errors == ["ConnectionError", "Stopping"]


async def test_what_a_lease_was_renewed_for_ends() -> None:
    touchy = Touchy()

    async with asyncio.timeout(DEADLINE_S):
        async with renewed(timedelta(milliseconds=3), touchy.act, FAILURES):
            await touchy.begun.wait()
