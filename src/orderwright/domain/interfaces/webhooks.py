"""Webhook deliveries: one event's attempts to reach one endpoint."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from orderwright.domain.entities.webhook_endpoint import WebhookEndpoint
from orderwright.domain.errors import NotFound

if TYPE_CHECKING:  # its consumers know units of work, which know the deliveries
    from orderwright.domain.interfaces.event_feed import FeedEvent


class DeliveryNotFound(NotFound):
    code = "webhook_delivery_not_found"


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"  # nobody tries again until it is replayed


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`event_id` is the position of the event; a test delivery has none."""

    id: int
    endpoint_id: int
    event_id: int | None
    event_type: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    last_status: int | None
    last_error: str | None

    @property
    def webhook_id(self) -> str:
        """The same at every attempt and replay: receivers know by it what they have had."""
        return f"test_{self.id}" if self.event_id is None else f"evt_{self.event_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedDelivery:
    """Ours to try until its lease runs out; `fence` tells whether it still is. The attempt is counted
    already. `event` is None for a test."""

    delivery: Delivery
    fence: int
    event: FeedEvent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of one request: a status, or in `error` why there is none. The body is an excerpt.

    `sent` is False where nothing was even tried, for a reason that is ours: no attempt then.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    error: str | None = None
    retry_after_s: float = 0.0
    sent: bool = True

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own

    @property
    def says_gone(self) -> bool:
        return self.status == 410  # noqa: PLR2004 - HTTP's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    number: int
    started_at: datetime
    duration_ms: int
    request_headers: Mapping[str, str]
    request_body: str
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An attempt, and what is to become of its delivery: at `due_at` it is tried again."""

    claimed: ClaimedDelivery
    attempt: Attempt
    state: DeliveryState
    due_at: datetime


class WebhookClient(Protocol):
    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Never raises for what the other side does, or does not do."""
        ...


class WebhookDeliveries(Protocol):
    """Written by consumers and senders, set by set."""

    async def add(self, wanted: Sequence[tuple[int, FeedEvent]], now: datetime) -> None:
        """One for each endpoint and event, unless there is one already."""
        ...

    async def add_test(self, endpoint_id: int, now: datetime) -> Delivery: ...

    async def claim_due(
        self, endpoint_id: int, *, now: datetime, lease_until: datetime, limit: int
    ) -> Sequence[ClaimedDelivery]:
        """Those whose time has come, of each aggregate the first that is open; counts the attempt. No
        two senders get the same ones."""
        ...

    async def note(self, tried: Sequence[Tried]) -> Sequence[Tried]:
        """Write down attempts and what becomes of their deliveries; those that were still ours. What
        was not sent is as if it had not been claimed."""
        ...

    async def give_up(self, endpoint_id: int, reason: str, now: datetime, *, limit: int) -> None:
        """Up to `limit` open ones of the endpoint are dead."""
        ...

    async def replay_one(self, endpoint_id: int, delivery_id: int, now: datetime) -> int:
        """Open again, as if it had not been tried; how many: 0 if there is no such delivery."""
        ...

    async def replay_events(
        self,
        endpoint_id: int,
        names: Collection[str],
        *,
        after: int,
        until: int,
        limit: int,
        now: datetime,
    ) -> tuple[int, int | None]:
        """Events of these names at positions above `after` up to `until`, delivered before or not.
        How many, and where to go on if these were not all."""
        ...

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Delete up to `limit` of those that were finished before then, and of those that wait for an
        endpoint that is deleted; how many there were."""
        ...


class WebhookReader(Protocol):
    async def endpoints(self, *, skip: int, limit: int) -> Sequence[WebhookEndpoint]: ...

    async def endpoint(self, endpoint_id: int) -> WebhookEndpoint | None: ...

    async def deliveries(
        self,
        endpoint_id: int,
        *,
        below: int | None,
        limit: int,
        state: DeliveryState | None,
        event_type: str | None,
    ) -> Sequence[Delivery]:
        """Newest first, with ids below that one."""
        ...

    async def delivery(self, endpoint_id: int, delivery_id: int) -> Delivery | None: ...

    async def attempts(self, delivery_id: int) -> Sequence[Attempt]: ...

    async def asked_for(self) -> Collection[str]:
        """Types of the events that any active endpoint wants to hear of."""
        ...

    async def active(self) -> int:
        """How many endpoints events are sent to."""
        ...

    async def due_endpoints(self, now: datetime) -> Sequence[int]:
        """Active ones with a delivery whose time has come."""
        ...
