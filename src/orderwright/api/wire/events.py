from typing import Annotated, Any

from pydantic import Field

from orderwright.api.wire.body import Shown, Time


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
