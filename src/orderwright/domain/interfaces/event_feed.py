"""Events as those hear of them who follow: in the order in which they became visible."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """`position` is its public id: given once it is committed, so that who has seen a position will
    never find a new one before it. `sequence` counts within the aggregate."""

    position: int
    aggregate: str
    aggregate_id: int
    sequence: int
    name: str
    payload: dict[str, object]
    actor: str
    correlation_id: str | None
    occurred_at: datetime


class EventConsumer(Protocol):
    """Somebody for whom every event is to have its effect, once and in the order of each aggregate."""

    @property
    def name(self) -> str:
        """Under which it is remembered how far it has come; never changed."""
        ...

    async def wanted(self) -> Collection[str]:
        """Names of the events that are for it, as things stand. It is asked when the events that it
        is then given are visible already."""
        ...

    async def rows_each(self) -> int:
        """How many rows one event becomes, about."""
        ...

    async def consume(self, events: Sequence[FeedEvent], uow: UnitOfWork) -> None:
        """Its effects, written in this unit of work and nowhere else; it does not commit. What it
        raises undoes them all, and the events are tried one by one."""
        ...


class EventFeedReader(Protocol):
    async def events(
        self, *, after: int, limit: int, names: Collection[str] | None = None
    ) -> Sequence[FeedEvent]:
        """The next ones after that position, of these names only if any are given."""
        ...

    async def between(
        self, after: int, up_to: int, *, names: Collection[str]
    ) -> Sequence[FeedEvent]:
        """All of these names after the one position, up to the other."""
        ...

    async def event(self, position: int) -> FeedEvent | None: ...

    async def head(self) -> int:
        """The last position that was given; 0 before the first."""
        ...

    async def last_before(self, moment: datetime) -> int:
        """The last position that was given before then; 0 if none was."""
        ...
