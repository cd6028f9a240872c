"""Who asks when: clients that wait for their answers, or a clock that does not."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from abc import ABC, abstractmethod
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

from benchmarks.load.connection import Connection
from benchmarks.load.job import Job

_GRANTED: Final = range(200, 300)
_REFUSED_FOR_NOW: Final = 503
_LOST: Final = 0
_NONCE_BYTES: Final = 16
# Kept in one go, for asking the kernel costs as much as all the rest of a request.
_NONCES_AT_ONCE: Final = 1024


@dataclass(slots=True)
class Record:
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    ended_at: float = 0.0


class Asking(ABC):
    def __init__(self, job: Job) -> None:
        self.record = Record()
        self._job = job
        self._loop = asyncio.get_running_loop()
        self._requests = itertools.cycle(
            [[piece.encode("latin-1") for piece in pieces] for pieces in job.requests]
        )
        self._nonces: list[bytes] = []
        self._left = job.at_most
        self._ended = self._loop.create_future()
        self._connections: list[Connection] = []

    async def run(self) -> float:
        """When it began."""
        self._connections = [await self._connect() for _ in range(self._job.clients)]
        began = time.perf_counter()
        self._begin(began)
        await self._ended
        for connection in self._connections:
            connection.close()
        return began

    @abstractmethod
    def _begin(self, now: float) -> None: ...

    @abstractmethod
    def _go_on(self, connection: Connection, *, refused: bool) -> None:
        """The connection is free again."""

    async def _connect(self) -> Connection:
        _, connection = await self._loop.create_connection(
            lambda: Connection(self._answered, self._lost), "127.0.0.1", self._job.port
        )
        return connection

    def _next_request(self) -> bytes:
        if not self._nonces:
            digits = os.urandom(_NONCE_BYTES * _NONCES_AT_ONCE).hex().encode()
            size = 2 * _NONCE_BYTES
            self._nonces = [digits[at : at + size] for at in range(0, len(digits), size)]
        return self._nonces.pop().join(next(self._requests))

    def _answered(self, connection: Connection, status: int, body: bytes) -> None:
        now = time.perf_counter()
        record = self.record
        record.statuses[status] += 1
        record.ended_at = now
        if status in _GRANTED:
            record.latencies.append(now - connection.asked_at)
            record.bodies.append(body[: self._job.keep_bytes])
        self._go_on(connection, refused=status == _REFUSED_FOR_NOW)

    def _lost(self, connection: Connection) -> None:
        self.record.statuses[_LOST] += 1
        self.record.ended_at = time.perf_counter()
        self._connections.remove(connection)
        self._loop.create_task(self._connect_again())

    async def _connect_again(self) -> None:
        connection = await self._connect()
        self._connections.append(connection)
        self._go_on(connection, refused=True)

    def _take(self) -> bool:
        """Whether one more may be asked."""
        if self._left is None:
            return True
        self._left -= 1
        return self._left >= 0


class ClosedLoop(Asking):
    """Each client asks, waits, and asks again, until the time is over."""

    def _begin(self, now: float) -> None:
        self._ends_at = now + self._job.seconds
        self._asking = len(self._connections)
        for connection in list(self._connections):
            self._ask(connection)

    def _go_on(self, connection: Connection, *, refused: bool) -> None:
        if refused:
            self._loop.call_later(self._job.pause_s, self._ask, connection)
        else:
            self._ask(connection)

    def _ask(self, connection: Connection) -> None:
        now = time.perf_counter()
        if now < self._ends_at and self._take():
            connection.ask(self._next_request(), now)
            return
        self._asking -= 1
        if self._asking == 0:
            self._ended.set_result(None)


class OpenLoop(Asking):
    """A request that finds no connection free waits for one, and its time counts."""

    def _begin(self, now: float) -> None:
        assert self._job.rate is not None
        self._interval = 1 / self._job.rate
        self._free = list(self._connections)
        self._waiting: deque[float] = deque()
        total = int(self._job.seconds * self._job.rate)
        self._due = deque(now + number * self._interval for number in range(total))
        self._unanswered = total
        self._ask_what_is_due()

    def _ask_what_is_due(self) -> None:
        now = time.perf_counter()
        while self._due and self._due[0] <= now:
            due = self._due.popleft()
            self.record.late.append(now - due)
            self._waiting.append(due)
            self._ask_waiting()
        if self._due:
            self._loop.call_later(self._due[0] - now, self._ask_what_is_due)

    def _ask_waiting(self) -> None:
        while self._waiting and self._free:
            self._free.pop().ask(self._next_request(), self._waiting.popleft())

    def _go_on(self, connection: Connection, *, refused: bool) -> None:  # noqa: ARG002 - what is due is due
        self._unanswered -= 1
        self._free.append(connection)
        self._ask_waiting()
        if self._unanswered == 0:
            self._ended.set_result(None)
