"""Events as they come, as Server-Sent Events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import StreamingResponse
from starlette.types import Receive

from orderwright.application.services.event_hub import EventHub, Mailbox
from orderwright.domain.interfaces.event_feed import EventFeedReader, FeedEvent

# How soon somebody who may no longer read is no longer sent anything.
RECHECK_S: Final = 3.0
# Shorter than the 60 s after which proxies give up on a silent connection.
HEARTBEAT_S: Final = 15.0
# How long a client may take for the end of its stream. Meanwhile the server would wait for it.
UNHEARD_S: Final = 1.0
# After how long a client that lost us comes back.
_HELLO: Final = b"retry: 2000\n\n"
_HEARTBEAT: Final = b": still here\n\n"
_PAGE: Final = 500


@dataclass(slots=True, kw_only=True)
class EventStream:
    """One client that follows. It ends when the service stops, when the client is too slow, and when
    it may no longer read; whoever comes back with the last id it saw, misses nothing."""

    hub: EventHub
    feed: EventFeedReader
    names: Collection[str] | None
    may_go_on: Callable[[], Awaitable[bool]]
    recheck_s: float = RECHECK_S
    heartbeat_s: float = HEARTBEAT_S
    unheard_s: float = UNHEARD_S
    _closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_unheard(self) -> None:
        """Until it should have ended, and has not: its client takes nothing of what it is sent."""
        await self._closed.wait()
        await asyncio.sleep(self.unheard_s)

    async def frames(self, after: int | None) -> AsyncIterator[bytes]:
        """Everything after that position and then what comes; without one, only what comes."""
        mailbox = self.hub.open(self.names, self._closed)
        try:
            yield _HELLO
            if after is not None:
                async for page in self._pages(after):
                    yield self._frames_of(page)
                    after = page[-1].position
                    if self.hub.is_ending or not await self.may_go_on():
                        return
            await self.hub.join(mailbox)
            if after is not None:
                joined_at = mailbox.after
                mailbox.skip_to(after)  # we may have read further than the hub
                async for page in self._pages(after, joined_at):
                    yield self._frames_of(page)
            async for frames in self._live(mailbox):
                yield frames
        finally:
            self.hub.leave(mailbox)

    async def _pages(self, after: int, until: int | None = None) -> AsyncIterator[list[FeedEvent]]:
        while True:
            async with self.hub.catching_up:  # the pool is for others too
                page = list(await self.feed.events(after=after, limit=_PAGE, names=self.names))
            wanted = [each for each in page if until is None or each.position <= until]
            if wanted:
                yield wanted
                after = wanted[-1].position
            if len(wanted) < _PAGE:
                return

    async def _live(self, mailbox: Mailbox) -> AsyncIterator[bytes]:
        time = asyncio.get_running_loop().time
        checked = sent = time()
        while not mailbox.is_closed:
            frames = await mailbox.take(self.recheck_s)
            if time() - checked >= self.recheck_s:
                checked = time()
                if not await self.may_go_on():
                    return
            if not frames and time() - sent >= self.heartbeat_s:
                frames = _HEARTBEAT
            if frames:
                yield frames
                sent = time()

    def _frames_of(self, page: list[FeedEvent]) -> bytes:
        return b"".join(map(self.hub.frame_of, page))


class EventStreamResponse(StreamingResponse):
    media_type = "text/event-stream"

    def __init__(self, stream: EventStream, after: int | None) -> None:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        super().__init__(stream.frames(after), headers=headers)
        self._stream = stream

    async def listen_for_disconnect(self, receive: Receive) -> None:
        """Who reads nothing any more has gone, too."""
        ends = [
            asyncio.create_task(super().listen_for_disconnect(receive)),
            asyncio.create_task(self._stream.until_unheard()),
        ]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in ends:
                each.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
