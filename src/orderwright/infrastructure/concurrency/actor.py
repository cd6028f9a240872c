from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

from orderwright.domain.interfaces.batching import QueueFull, Stopping

Message = TypeVar("Message")
Reply = TypeVar("Reply")

# Whether who finds the mailbox full waits for room, or is told at once.
WhenFull: TypeAlias = Literal["wait", "refuse"]
# Hears of the named actor's failures that nobody waits for; it must not raise.
OnError: TypeAlias = Callable[[str, Exception], None]


@dataclass(frozen=True, slots=True)
class _Letter(Generic[Message, Reply]):
    message: Message
    reply: asyncio.Future[Reply] | None = None

    @property
    def is_given_up(self) -> bool:
        return self.reply is not None and self.reply.done()


class Actor(Generic[Message, Reply]):
    """Works on one message at a time, in the order in which they came; what it keeps is its own.

    The mailbox is bounded. A message that fails ends nothing: the error is raised to its asker, or
    told to `on_error` when nobody asked (or waits no more). Lives from `start` to `stop`, in one
    event loop.
    """

    def __init__(
        self,
        name: str,
        receive: Callable[[Message], Awaitable[Reply]],
        *,
        mailbox_max: int,
        on_error: OnError,
    ) -> None:
        """`mailbox_max` counts messages that wait, beside the one in work."""
        self.name = name
        self._receive = receive
        self._on_error = on_error
        self._room = asyncio.Semaphore(mailbox_max)
        self._letters: asyncio.Queue[_Letter[Message, Reply] | None] = asyncio.Queue()
        self._working: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def depth(self) -> int:
        """How many messages wait."""
        return self._letters.qsize()

    def start(self) -> None:
        self._working = asyncio.create_task(self._work(), name=f"actor {self.name}")

    async def send(self, message: Message, *, when_full: WhenFull) -> None:
        """Returns once the message is in the mailbox.

        Raises: QueueFull, Stopping: it was not taken.
        """
        await self._post(_Letter(message), when_full)

    async def ask(self, message: Message, *, timeout_s: float, when_full: WhenFull) -> Reply:
        """What `receive` returns or raises for this message.

        Raises:
            QueueFull: it was not taken.
            Stopping: it was not taken, or cut off.
            TimeoutError: no answer in time; what had not been begun by then never is.
        """
        self._check_who_waits()
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(timeout_s):
            await self._post(_Letter(message, reply), when_full)
            return await reply

    async def stop(self, *, limit_s: float | None = None) -> None:
        """Takes nothing more and works off what is there, for as long as the limit allows; who
        asked for what is left then is told `Stopping`, and `on_error` of the rest."""
        self._check_who_waits()
        self._stopping = True
        self._letters.put_nowait(None)
        if self._working is None:
            self._refuse_the_rest()
            return
        try:
            await asyncio.wait([self._working], timeout=limit_s)
        finally:
            self._working.cancel()
        await asyncio.wait([self._working])

    async def _post(self, letter: _Letter[Message, Reply], when_full: WhenFull) -> None:
        # An actor that waited for room in its own mailbox would wait for ever.
        may_wait = when_full == "wait" and not self._is_asking_itself()
        if not self._stopping and self._room.locked() and not may_wait:
            raise QueueFull(f"the mailbox of {self.name} is full")
        await self._room.acquire()
        if self._stopping:
            self._room.release()
            raise self._stopped()
        self._letters.put_nowait(letter)

    async def _work(self) -> None:
        try:
            while letter := await self._letters.get():
                self._room.release()
                if not letter.is_given_up:
                    await self._work_on(letter)
        finally:
            self._stopping = True
            self._refuse_the_rest()

    async def _work_on(self, letter: _Letter[Message, Reply]) -> None:
        try:
            reply = await self._receive(letter.message)
        except asyncio.CancelledError:
            self._fail(letter, self._stopped())
            if self._is_cancelled():
                raise
            # Something that it waited for was cancelled: the end of the message, not of the actor.
        except Exception as error:  # it is theirs who asked, and the next one's turn
            self._fail(letter, error)
            if self._is_cancelled():  # and failed on being cut off
                raise asyncio.CancelledError from error
        except BaseException:  # the end of more than this message; who asked must not wait on
            self._fail(letter, self._stopped())
            raise
        else:
            if letter.reply is not None and not letter.reply.done():
                letter.reply.set_result(reply)

    def _refuse_the_rest(self) -> None:
        while not self._letters.empty():
            if letter := self._letters.get_nowait():
                self._room.release()
                self._fail(letter, self._stopped())

    def _fail(self, letter: _Letter[Message, Reply], error: Exception) -> None:
        if letter.reply is None or letter.reply.done():
            self._on_error(self.name, error)
        else:
            letter.reply.set_exception(error)

    def _stopped(self) -> Stopping:
        return Stopping(f"{self.name} works on nothing any more")

    def _check_who_waits(self) -> None:
        if self._is_asking_itself():
            raise RuntimeError(f"actor {self.name} would wait for itself")

    def _is_asking_itself(self) -> bool:
        return asyncio.current_task() is self._working

    def _is_cancelled(self) -> bool:
        return self._working is not None and self._working.cancelling() > 0


class ActorSystem(Generic[Message, Reply]):
    """The actors of one kind, by name; lives in one event loop, until `stop`."""

    def __init__(self, *, mailbox_max: int, on_error: OnError, drain_limit_s: float) -> None:
        self._mailbox_max = mailbox_max
        self._on_error = on_error
        self._drain_limit_s = drain_limit_s
        self._actors: dict[str, Actor[Message, Reply]] = {}
        self._stopping = False

    def create(
        self, name: str, receive: Callable[[Message], Awaitable[Reply]]
    ) -> Actor[Message, Reply]:
        """A new actor, started.

        Raises:
            Stopping: no more are made.
            ValueError: there is one of this name.
        """
        if self._stopping:
            raise Stopping("nothing is begun any more")
        if name in self._actors:
            raise ValueError(f"there is an actor {name} already")
        actor = Actor(name, receive, mailbox_max=self._mailbox_max, on_error=self._on_error)
        self._actors[name] = actor
        actor.start()
        return actor

    def get(self, name: str) -> Actor[Message, Reply] | None:
        return self._actors.get(name)

    def names(self) -> frozenset[str]:
        return frozenset(self._actors)

    async def end(self, name: str) -> None:
        """Stops the actor of this name, if there is one; its name is free at once."""
        if actor := self._actors.pop(name, None):
            await actor.stop(limit_s=self._drain_limit_s)

    async def stop(self) -> None:
        """Stops all of them at the same time."""
        self._stopping = True
        async with asyncio.TaskGroup() as stopping:
            for name in self.names():
                stopping.create_task(self.end(name))
