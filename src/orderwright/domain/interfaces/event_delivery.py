"""What is remembered of the way of events: numbered, handed over, parked, given up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderwright.domain.errors import NotFound


class DeadEventNotFound(NotFound):
    code = "dead_event_not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to hand events over to a consumer, until somebody else has a higher `fence`.

    `attempts` at what follows `position` are counted, this one among them. `head` was the last position
    that was given. `is_waiting`: there are parked events, so that others may have to wait behind them."""

    consumer: str
    position: int
    head: int
    fence: int
    attempts: int
    is_waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedEvent:
    consumer: str
    position: int
    aggregate: str
    aggregate_id: int
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEvent:
    """One that a consumer was offered `attempts` times, and why it did not take it."""

    consumer: str
    event_id: int
    event: str
    aggregate: str
    aggregate_id: int
    attempts: int
    dead_at: datetime
    code: str
    detail: str


class EventDelivery(Protocol):
    """The books of the relay, in a unit of work. Who has lost a claim is refused every change."""

    async def number(self, *, now: datetime, limit: int) -> int | None:
        """Give positions to up to `limit` events that have none; how many, or None while somebody
        else is doing it."""
        ...

    async def begin(self, consumers: Collection[str]) -> None:
        """Have those that are new follow from here on."""
        ...

    async def claim(self, consumer: str, *, now: datetime, until: datetime) -> Claim | None:
        """None: there is nothing for it, or somebody else is at it. Counts the attempt."""
        ...

    async def advance(self, claim: Claim, position: int, *, until: datetime | None) -> bool:
        """It has taken everything up to there; `until`: and goes on, or gives the claim back."""
        ...

    async def hold(self, claim: Claim, *, until: datetime) -> bool:
        """Keep the claim for longer."""
        ...

    async def give_back(self, claim: Claim) -> None:
        """As if it had never been claimed."""
        ...

    async def blocked(
        self, consumer: str, aggregates: Collection[tuple[str, int]]
    ) -> set[tuple[str, int]]:
        """Those of which an event is parked that may still be taken."""
        ...

    async def park(
        self, consumer: str, events: Sequence[ParkedEvent], *, due_at: datetime
    ) -> None: ...

    async def due(self, consumer: str, *, now: datetime, limit: int) -> Sequence[ParkedEvent]:
        """Parked ones whose turn it is: of each aggregate the first."""
        ...

    async def count_attempt(self, parked: ParkedEvent, *, due_at: datetime) -> ParkedEvent: ...

    async def take(self, parked: ParkedEvent) -> bool:
        """It is parked no longer; False when it was not, or was tried again by somebody else."""
        ...

    async def put_off(self, parked: ParkedEvent, code: str, detail: str) -> None:
        """Write down why it was not taken this time."""
        ...

    async def put_back(self, parked: ParkedEvent, code: str, detail: str) -> None:
        """The same, and as if it had not been tried."""
        ...

    async def give_up(self, parked: ParkedEvent, code: str, detail: str, *, now: datetime) -> None:
        """Those behind it go on."""
        ...

    async def try_again(self, consumer: str, position: int, *, now: datetime) -> None:
        """A dead one, from the first attempt on.

        Raises: DeadEventNotFound.
        """
        ...


class DeliveryReader(Protocol):
    async def is_unnumbered(self) -> bool:
        """Whether there are events without a position."""
        ...

    async def waiting(self, now: datetime) -> Collection[str]:
        """Consumers that have something to take, and that nobody serves."""
        ...

    async def dead(self, *, skip: int, limit: int) -> Sequence[DeadEvent]:
        """The latest first."""
        ...
