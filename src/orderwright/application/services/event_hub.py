"""One reader of the feed a process, however many clients follow it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from typing import Final

from orderwright.domain.errors import Unavailable
from orderwright.domain.interfaces.event_feed import EventFeedReader, FeedEvent
from orderwright.domain.interfaces.failure_log import EventFailureLog

# About a second of a very busy shop. Who is behind by more is cut off, and goes on where he was.
FRAMES_MAX: Final = 1_000
_AT_ONCE: Final = 500
# Of those who read by themselves, because they come from further back, so many at a time.
_CATCHING_UP: Final = 4


class TooManyFollow(Unavailable):
    code = "too_many_streams"


class Mailbox:
    """What one client has not been sent yet. The frames themselves are shared by all."""

    def __init__(self, names: Collection[str] | None, closed: asyncio.Event) -> None:
        """`closed` is set when the client is to be sent no more, whatever it is doing."""
        self.after = 0
        self._names = names
        self._frames: deque[bytes] = deque()
        self._something = asyncio.Event()
        self._closed = closed

    @property
    def is_closed(self) -> bool:
        return self._closed.is_set()

    def put(self, event: FeedEvent, frame: bytes) -> None:
        if event.position <= self.after or self.is_closed:
            return
        self.after = event.position
        if self._names is not None and event.name not in self._names:
            return
        if len(self._frames) >= FRAMES_MAX:
            self._frames.clear()
            self.close()
            return
        self._frames.append(frame)
        self._something.set()

    def skip_to(self, position: int) -> None:
        """What is up to there, its client has already."""
        self.after = max(self.after, position)

    def close(self) -> None:
        self._closed.set()
        self._something.set()

    async def take(self, at_most_s: float) -> bytes:
        """All that is there, or nothing when there was nothing for so long."""
        try:
            async with asyncio.timeout(at_most_s):
                await self._something.wait()
        except TimeoutError:
            return b""
        if not self.is_closed:
            self._something.clear()
        taken = b"".join(self._frames)
        self._frames.clear()
        return taken


class EventHub:
    """Lives from `start` to `stop`; ends every stream as soon as the service drains, for a stream is a
    request that would never be finished."""

    def __init__(
        self,
        feed: EventFeedReader,
        frame_of: Callable[[FeedEvent], bytes],
        failures: EventFailureLog,
        *,
        wait: Callable[[float], Awaitable[object]],
        is_draining: Callable[[], bool],
        poll_s: float,
        clients_max: int,
    ) -> None:
        """`wait` ends when there may be new events, or after so many seconds."""
        self.frame_of = frame_of
        self._feed = feed
        self._failures = failures
        self._wait = wait
        self._is_draining = is_draining
        self._poll_s = poll_s
        self._clients_max = clients_max
        self._open: set[Mailbox] = set()
        self._mailboxes: set[Mailbox] = set()  # of those, the ones that have caught up
        self._somebody = asyncio.Event()
        self._position = 0
        self._stopping = False
        self._loop: asyncio.Task[None] | None = None
        self.catching_up = asyncio.Semaphore(_CATCHING_UP)

    @property
    def is_ending(self) -> bool:
        return self._is_draining()

    @property
    def clients(self) -> int:
        return len(self._mailboxes)

    def start(self) -> None:
        self._loop = asyncio.create_task(self._work(), name="event-hub")

    async def stop(self) -> None:
        self._stopping = True
        self._close_all()
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.wait([self._loop])

    def check_room(self) -> None:
        """Raises: TooManyFollow."""
        if len(self._open) >= self._clients_max:
            raise TooManyFollow("too many follow the events already", retry_after_s=5)

    def open(self, names: Collection[str] | None, closed: asyncio.Event) -> Mailbox:
        """A mailbox that gets nothing before it joins."""
        mailbox = Mailbox(names, closed)
        self._open.add(mailbox)
        self._somebody.set()
        return mailbox

    async def join(self, mailbox: Mailbox) -> None:
        """It gets what comes after its `after`."""
        if not self._mailboxes:
            head = await self._feed.head()
            if not self._mailboxes:  # nobody came meanwhile, for whom the reader has gone on
                self._position = head
        mailbox.after = self._position
        self._mailboxes.add(mailbox)

    def leave(self, mailbox: Mailbox) -> None:
        self._open.discard(mailbox)
        self._mailboxes.discard(mailbox)

    async def _work(self) -> None:
        while not self._stopping:
            await self._somebody.wait()
            try:
                more = await self._read() if self._mailboxes else False
            except Exception as error:  # noqa: BLE001 - the database may be back in a moment
                self._failures.worker_failed(error)
                more = False
            if self._is_draining():
                self._close_all()
            if not self._open:
                self._somebody.clear()
            elif not more:
                await self._wait(self._poll_s)

    async def _read(self) -> bool:
        events = await self._feed.events(after=self._position, limit=_AT_ONCE)
        for event in events:
            frame = self.frame_of(event)
            for mailbox in self._mailboxes:
                mailbox.put(event, frame)
            self._position = event.position
        return len(events) == _AT_ONCE

    def _close_all(self) -> None:
        for mailbox in self._open:
            mailbox.close()
