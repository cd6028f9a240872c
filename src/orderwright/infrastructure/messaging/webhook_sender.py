from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from orderwright.domain.interfaces.batching import QueueFull, Stopping
from orderwright.domain.interfaces.failure_log import FailureLog
from orderwright.infrastructure.concurrency.actor import ActorSystem
from orderwright.infrastructure.messaging.wake_up import WakeUp

# An endpoint at which nothing arrives is left alone for a while, longer each time: what is due there
# waits, so that a dead receiver costs next to nothing and one that comes back is not run over.
_FIRST_PAUSE_S: Final = 0.5
_PAUSE_MAX_S: Final = 60.0
_DOUBLINGS_MAX: Final = 10
# Where nothing that is due can be sent, for it waits for what failed before it, finding that out costs
# as much as there is that waits: it is done less and less often.
_IDLE_PAUSE_MAX_S: Final = 5.0


class Round(Protocol):
    @property
    def tried(self) -> int: ...
    @property
    def arrived(self) -> int: ...


Send = Callable[[int, int], Awaitable[Round]]
FindDue = Callable[[], Awaitable[Sequence[int]]]


@dataclass
class _Lane:
    """How it goes at one endpoint. `..._until` are in the loop's time. It begins with one at a time and
    asks for twice as many while all goes well, so that an endpoint that hangs never takes up more than
    one place."""

    at_once: int = 1
    failures: int = 0
    paused_until: float = 0.0
    vain: int = 0
    idle_until: float = 0.0

    def rests(self, now: float) -> bool:
        return max(self.paused_until, self.idle_until) > now

    def note(self, round_: Round, now: float, at_once_max: int) -> None:
        if round_.tried:
            self._note_some(round_, now, at_once_max)
        else:
            self._note_none(now)

    def _note_none(self, now: float) -> None:
        """The first time is no sign: another call may just have sent what this one was for."""
        pause = _FIRST_PAUSE_S * (2 ** min(self.vain, _DOUBLINGS_MAX) - 1)
        self.idle_until = now + min(pause, _IDLE_PAUSE_MAX_S)
        self.vain += 1

    def _note_some(self, round_: Round, now: float, at_once_max: int) -> None:
        self.vain = 0
        self.failures = 0 if round_.arrived else self.failures + 1
        self.at_once = min(round_.tried * 2, at_once_max) if round_.arrived == round_.tried else 1
        doublings = min(self.failures - 1, _DOUBLINGS_MAX)
        pause = _FIRST_PAUSE_S * 2**doublings if self.failures else 0.0
        self.paused_until = now + min(pause, _PAUSE_MAX_S)


class WebhookSender:
    """One mailbox actor an endpoint: what one receiver does, or does not do, holds up no other. Told
    that something is due, an actor sends until nothing is. At stop they finish what is under way."""

    def __init__(
        self,
        find_due: FindDue,
        send: Send,
        close: Callable[[], Awaitable[None]],
        failures: FailureLog,
        wake_up: WakeUp,
        *,
        poll_s: float,
        at_once_each: int,
        stop_grace_s: float,
    ) -> None:
        self._find_due = find_due
        self._send = send
        self._close = close
        self._failures = failures
        self._wake_up = wake_up
        self._poll_s = poll_s
        self._at_once_each = at_once_each
        self._stop_grace_s = stop_grace_s
        self._lanes: dict[int, _Lane] = {}
        self._stopping = False
        self._actors: ActorSystem[int, None] | None = None
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._actors = ActorSystem(
            mailbox_max=1,  # a second call for the same endpoint would find the same things
            on_error=lambda _, error: self._failures.worker_failed(error),
            drain_limit_s=self._stop_grace_s,
        )
        self._loop = asyncio.create_task(self._look_out(self._actors), name="webhook-sender")

    async def stop(self) -> None:
        self._stopping = True
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.wait([self._loop])
        if self._actors is not None:
            await self._actors.stop()
        await self._close()

    async def _look_out(self, actors: ActorSystem[int, None]) -> None:
        while not self._stopping:
            try:
                await self._call_due(actors)
            except Exception as error:  # noqa: BLE001 - the database may be there again next time
                self._failures.worker_failed(error)
            if await self._wake_up.wait(self._poll_s):
                self._end_idling()  # what is new may be for any of them

    async def _call_due(self, actors: ActorSystem[int, None]) -> None:
        due = await self._find_due()
        now = asyncio.get_running_loop().time()
        for endpoint_id in due:
            if not self._lane(endpoint_id).rests(now):
                await self._call(actors, endpoint_id)

    async def _call(self, actors: ActorSystem[int, None], endpoint_id: int) -> None:
        name = str(endpoint_id)
        actor = actors.get(name) or actors.create(name, self._work_off)
        try:
            await actor.send(endpoint_id, when_full="refuse")
        except (QueueFull, Stopping):
            return  # it knows already

    async def _work_off(self, endpoint_id: int) -> None:
        while not self._stopping and await self._went_well(endpoint_id):
            pass

    async def _went_well(self, endpoint_id: int) -> bool:
        """Whether there may be more that will."""
        lane = self._lane(endpoint_id)
        round_ = await self._send(endpoint_id, lane.at_once)
        lane.note(round_, asyncio.get_running_loop().time(), self._at_once_each)
        return round_.tried > 0 and not lane.failures

    def _end_idling(self) -> None:
        for each in self._lanes.values():
            each.idle_until = 0.0

    def _lane(self, endpoint_id: int) -> _Lane:
        return self._lanes.setdefault(endpoint_id, _Lane())
