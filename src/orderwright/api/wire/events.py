from typing import Annotated, Any

from pydantic import Field

from orderwright.api.wire.body import Page, Shown, Time
from orderwright.api.wire.numbers import AS_WRITTEN_HERE, INT64_MAX
from orderwright.api.wire.paging import Limit
from orderwright.application.queries.read_events import ReadEvents
from orderwright.domain.interfaces.event_feed import FeedEvent

Position = Annotated[int, Field(ge=0, le=INT64_MAX), AS_WRITTEN_HERE]
EventType = Annotated[
    str,
    Field(
        max_length=64,
        pattern=r"^[a-z_]+\.(\*|[a-z_]+)$",
        description="such as `order.placed` or `order.*`",
    ),
]


class EventsAfter(Page):
    after: Position | None = None
    type: EventType | None = None


class EventPage(EventsAfter):
    limit: Limit = 20

    def to_query(self) -> ReadEvents:
        return ReadEvents(after=self.after or 0, limit=self.limit, type=self.type)


class DeadEventJson(Shown):
    """`code` and `detail` say why the last attempt failed."""

    consumer: str
    event_id: int
    event: str
    aggregate: str
    aggregate_id: int
    attempts: int
    dead_at: Time
    code: str
    detail: str


class EventJson(Shown):
    """`sequence` counts the events of the aggregate, without a gap. `data` depends on `type`; its
    schemas are under `/api/v1/events/schemas`."""

    id: Annotated[int, Field(validation_alias="position")]
    type: Annotated[str, Field(validation_alias="name")]
    aggregate: str
    aggregate_id: int
    sequence: int
    occurred_at: Time
    actor: str
    correlation_id: str | None
    data: Annotated[dict[str, Any], Field(validation_alias="payload")]


def event_bytes(event: FeedEvent) -> bytes:
    return EventJson.model_validate(event).model_dump_json().encode()


def event_frame(event: FeedEvent) -> bytes:
    """As Server-Sent Events have it; JSON of ours has no line break."""
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (
        event.position,
        event.name.encode(),
        event_bytes(event),
    )
