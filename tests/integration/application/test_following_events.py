"""Streams of events: nothing missed, nothing twice, and nobody held up by the slow."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, field

import pytest
from starlette.types import Message, Scope, Send

from orderwright.api.event_stream import EventStream, EventStreamResponse
from orderwright.api.wire.events import event_frame
from orderwright.application.services.event_hub import FRAMES_MAX, EventHub, Mailbox, TooManyFollow
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.event_feed import SqlEventFeedReader
from orderwright.infrastructure.messaging.wake_up import WakeUp
from orderwright.infrastructure.observability.failure_log import StructuredFailureLog
from tests.back_office import BackOffice
from tests.events import relay

DEADLINE_S = 30.0


@dataclass
class Channel:
    """A service that is followed."""

    office: BackOffice
    clients_max: int = 10
    is_draining: bool = False
    may_read: bool = True
    wake_up: WakeUp = field(default_factory=WakeUp)

    def __post_init__(self) -> None:
        self.feed = SqlEventFeedReader(self.office.database)
        self.hub = EventHub(
            self.feed,
            event_frame,
            StructuredFailureLog(),
            wait=self.wake_up.wait,
            is_draining=lambda: self.is_draining,
            poll_s=30.0,
            clients_max=self.clients_max,
        )
        self.hub.start()

    async def happen(self, many: int) -> None:
        for _ in range(many):
            await self.office.customer()
        await relay(self.office).number_due()
        self.wake_up.wake()

    def stream(
        self, after: int | None, names: Collection[str] | None = None
    ) -> AsyncIterator[bytes]:
        return self.following(names).frames(after)

    def following(self, names: Collection[str] | None = None) -> EventStream:
        async def may_go_on() -> bool:
            return self.may_read

        return EventStream(
            hub=self.hub,
            feed=self.feed,
            names=names,
            may_go_on=may_go_on,
            recheck_s=0.01,
            unheard_s=0.01,
        )


@pytest.fixture
async def channel(database: Database) -> AsyncIterator[Channel]:
    channel = Channel(BackOffice(database))
    yield channel
    await channel.hub.stop()


def takes_the_head(then: Callable[[object], Awaitable[object]]) -> Send:
    async def send(message: Message) -> None:
        if message["type"] != "http.response.start":
            await then(message)

    return send


async def ids(stream: AsyncIterator[bytes], enough: Callable[[list[int]], bool]) -> list[int]:
    """Those that came until there were enough, or the stream ended."""
    seen: list[int] = []
    async with asyncio.timeout(DEADLINE_S):
        async for chunk in stream:
            lines = chunk.decode().splitlines()
            seen += [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")]
            if enough(seen):
                break
    await stream.aclose()  # type: ignore[attr-defined]
    return seen


async def test_a_client_that_comes_back_misses_nothing_and_gets_nothing_twice(
    channel: Channel,
) -> None:
    await channel.happen(3)
    head = await channel.feed.head()
    seen: list[int] = []

    async def make() -> None:
        for _ in range(6):
            await channel.happen(3)

    making = asyncio.create_task(make())
    while len(seen) < head + 18:
        before = len(seen)
        stream = channel.stream(after=seen[-1] if seen else 0)
        seen += await ids(stream, lambda new: len(new) >= 4 or before + len(new) >= head + 18)  # noqa: B023 - used at once
    await making

    assert seen == list(range(1, head + 19))
    assert channel.hub.clients == 0


async def test_who_brings_no_id_hears_only_of_what_comes(channel: Channel) -> None:
    await channel.happen(2)
    head = await channel.feed.head()
    stream = channel.stream(after=None, names={"customer.created"})
    hello = await anext(stream)
    hearing = asyncio.create_task(ids(stream, lambda seen: len(seen) == 2))
    async with asyncio.timeout(DEADLINE_S):
        while not channel.hub.clients:
            await asyncio.sleep(0)
    await channel.happen(2)

    assert hello == b"retry: 2000\n\n"
    assert await hearing == [head + 1, head + 2]


async def test_who_has_read_further_than_the_hub_gets_nothing_twice(channel: Channel) -> None:
    await channel.hub.join(
        channel.hub.open(None, asyncio.Event())
    )  # from here on the hub waits until it is woken
    await asyncio.sleep(0)
    await channel.happen(0)
    for _ in range(3):
        await channel.office.customer()
    await relay(channel.office).number_due()
    head = await channel.feed.head()
    hearing = asyncio.create_task(ids(channel.stream(after=0), lambda seen: len(seen) > head))
    async with asyncio.timeout(DEADLINE_S):
        while channel.hub.clients < 2:
            await asyncio.sleep(0.01)
    await channel.happen(1)

    assert await hearing == list(range(1, head + 2))


async def test_a_stream_ends_when_its_reader_may_not_read_any_more(channel: Channel) -> None:
    channel.may_read = False

    assert await ids(channel.stream(after=None), lambda _: False) == []


async def test_streams_end_when_the_service_drains(channel: Channel) -> None:
    stream = channel.stream(after=None)
    ending = asyncio.create_task(ids(stream, lambda _: False))
    async with asyncio.timeout(DEADLINE_S):
        while not channel.hub.clients:
            await asyncio.sleep(0.01)
    channel.is_draining = True
    async with asyncio.timeout(DEADLINE_S):
        while not ending.done():
            channel.wake_up.wake()
            await asyncio.sleep(0.01)

    assert await ending == []


@pytest.mark.parametrize("after", [None, 0], ids=["up to date", "catching up"])
async def test_who_reads_nothing_keeps_no_service_from_draining(
    channel: Channel, after: int | None
) -> None:
    await channel.happen(1)
    sending = asyncio.Event()

    async def never(_message: object = None) -> dict[str, object]:
        sending.set()
        await asyncio.Event().wait()
        return {}

    response = EventStreamResponse(channel.following(), after)
    scope: Scope = {"type": "http", "asgi": {"spec_version": "2.3"}}
    answering = asyncio.create_task(response(scope, never, takes_the_head(never)))
    async with asyncio.timeout(DEADLINE_S):
        await sending.wait()
        channel.is_draining = True
        while not answering.done():
            channel.wake_up.wake()
            await asyncio.sleep(0.01)

    channel.hub.check_room()
    assert channel.hub.clients == 0


async def test_a_client_that_does_not_keep_up_is_cut_off(channel: Channel) -> None:
    slow, quick = Mailbox(None, asyncio.Event()), Mailbox(None, asyncio.Event())
    await channel.happen(1)
    (event, *_) = await channel.feed.events(after=1, limit=1)
    for position in range(1, FRAMES_MAX + 2):
        slow.after = quick.after = 0  # as if each were another event
        slow.put(event, b"%d" % position)
        if not quick.is_closed:
            quick.put(event, b"")
            await quick.take(0)

    assert slow.is_closed
    assert await slow.take(0) == b""
    assert not quick.is_closed


async def test_one_process_lets_only_so_many_follow(database: Database) -> None:
    channel = Channel(BackOffice(database), clients_max=1)
    await channel.hub.join(channel.hub.open(None, asyncio.Event()))

    with pytest.raises(TooManyFollow):
        channel.hub.check_room()
    await channel.hub.stop()
