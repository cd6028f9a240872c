from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

import structlog

from orderwright.domain.interfaces.task_queue import WaitingTask
from orderwright.infrastructure.messaging.wake_up import WakeUp
from orderwright.infrastructure.resilience.failures import NotSent

# More than wait while a broker restarts; those above are found by a sweep of the database.
CAPACITY: Final = 10_000
AT_ONCE: Final = 100
# How long a broker that does not answer is left alone.
COOL_DOWN_S: Final = 1.0
STOP_GRACE_S: Final = 2.0
_IDLE_S: Final = 60.0

log = structlog.get_logger(__name__)


class Broker(Protocol):
    """Hands messages to whichever worker is free. Opens by itself, and again after a failure."""

    async def publish(self, tasks: Sequence[WaitingTask]) -> None: ...

    async def probe(self) -> None:
        """Raises: anything, if it cannot be reached."""
        ...

    async def close(self) -> None: ...


class BrokerPublisher:
    """Tells a broker which tasks wait, beside the requests that put them down: what a broker does, or
    does not, slows nobody. A message that gets lost costs seconds, since workers sweep the database.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        capacity: int = CAPACITY,
        cool_down_s: float = COOL_DOWN_S,
        stop_grace_s: float = STOP_GRACE_S,
    ) -> None:
        self._broker = broker
        self._capacity = capacity
        self._cool_down_s = cool_down_s
        self._stop_grace_s = stop_grace_s
        self._waiting: deque[WaitingTask] = deque()
        self._lost = 0
        self._wake_up = WakeUp()
        self._is_reachable = True
        self._stopping = False
        self._loop: asyncio.Task[None] | None = None

    @property
    def lost(self) -> int:
        """How many messages had no room or no broker: those tasks are found by a sweep."""
        return self._lost

    def tell(self, tasks: Sequence[WaitingTask], /) -> None:
        fitting = tasks[: max(0, self._capacity - len(self._waiting))]
        self._waiting.extend(fitting)
        self._lost += len(tasks) - len(fitting)
        self._wake_up.wake()

    def start(self) -> None:
        self._loop = asyncio.create_task(self._publish_on(), name="task-publisher")

    async def probe(self) -> None:
        """Raises: NotSent: it cannot be reached."""
        try:
            await self._broker.probe()
        except Exception as error:
            raise NotSent(type(error).__name__) from error

    async def answers(self) -> bool:
        try:
            await self.probe()
        except NotSent:
            return False
        return True

    async def stop(self) -> None:
        self._stopping = True
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.wait([self._loop])
        try:
            async with asyncio.timeout(self._stop_grace_s):
                while self._is_reachable and self._waiting:
                    await self._publish_some()
                await self._broker.close()
        except TimeoutError:
            self._waiting.clear()

    async def _publish_on(self) -> None:
        while not self._stopping:
            if not self._waiting:
                await self._wake_up.wait(_IDLE_S)
            elif not await self._publish_some():
                await asyncio.sleep(self._cool_down_s)

    async def _publish_some(self) -> bool:
        batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        try:
            await self._broker.publish(batch)
        except asyncio.CancelledError:
            self._waiting.extendleft(reversed(batch))  # told twice rather than never
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, requests go on
            self._lost += len(batch)
            self._found(error)
            return False
        self._found(None)
        return True

    def _found(self, error: Exception | None) -> None:
        if error is not None and self._is_reachable:
            log.warning("broker.unreachable", error=type(error).__name__)
        elif error is None and not self._is_reachable:
            log.info("broker.reachable_again", lost=self._lost)
        self._is_reachable = error is None
