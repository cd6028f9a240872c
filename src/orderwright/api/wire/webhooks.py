from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from orderwright.api.wire.body import Body, Page, Shown, Time
from orderwright.api.wire.numbers import AS_WRITTEN_HERE, INT64_MAX
from orderwright.api.wire.order_list import Moment
from orderwright.api.wire.paging import Limit
from orderwright.api.wire.text import NOT_BLANK, ONE_LINE
from orderwright.application.commands.change_webhook import ChangeWebhook
from orderwright.application.commands.create_webhook import CreateWebhook, WithSecret
from orderwright.application.commands.replay_webhook import ReplayWebhook
from orderwright.domain.entities.webhook_endpoint import (
    DESCRIPTION_CHARS_MAX,
    URL_CHARS_MAX,
    DisabledBecause,
    EndpointStatus,
    Envelope,
    PayloadStyle,
)
from orderwright.domain.interfaces.webhooks import Attempt, Delivery, DeliveryState
from orderwright.domain.value_objects.event_filter import EventFilter

_FILTERS_MAX = 50
Url = Annotated[
    str,
    Field(min_length=1, max_length=URL_CHARS_MAX, examples=["https://shop.example/hooks"]),
    ONE_LINE,
    NOT_BLANK,
]
Description = Annotated[str, Field(max_length=DESCRIPTION_CHARS_MAX), ONE_LINE]
EventType = Annotated[
    str, Field(max_length=64, pattern=r"^[a-z_.*]+$", examples=["order.*"]), ONE_LINE
]
EventTypes = Annotated[
    list[EventType],
    Field(
        min_length=1,
        max_length=_FILTERS_MAX,
        description="names of events, `order.*` for all of a kind, or `*`",
        examples=[["order.*"]],
    ),
]
Payload = Annotated[PayloadStyle, Field(strict=False)]
AnyEnvelope = Annotated[Envelope, Field(strict=False)]


class CreateWebhookBody(Body):
    url: Url
    description: Description = ""
    events: EventTypes = Field(default_factory=lambda: list(EventFilter.OF_ORDERS.patterns))
    payload: Payload = PayloadStyle.FULL
    envelope: AnyEnvelope = Envelope.PLAIN

    def to_command(self) -> CreateWebhook:
        """Raises: UnknownEventType."""
        return CreateWebhook(
            url=self.url,
            description=self.description,
            events=EventFilter.of(self.events),
            payload=self.payload,
            envelope=self.envelope,
        )


class ChangeWebhookBody(Body):
    """What is not named stays."""

    url: Url = Field(default_factory=str)
    description: Description = Field(default_factory=str)
    events: EventTypes = Field(default_factory=list)
    payload: Payload = Field(default_factory=lambda: PayloadStyle.FULL)
    envelope: AnyEnvelope = Field(default_factory=lambda: Envelope.PLAIN)
    active: bool = Field(default_factory=bool)

    def to_command(self, endpoint_id: int) -> ChangeWebhook:
        """Raises: UnknownEventType."""
        named = {name: getattr(self, name) for name in self.model_fields_set}
        active = named.pop("active", None)
        if "events" in named:
            named["events"] = EventFilter.of(self.events)
        return ChangeWebhook(endpoint_id=endpoint_id, changes=named, active=active)


def _never() -> datetime:
    """Nobody sees it: what is not named is not looked at."""
    return datetime.max.replace(tzinfo=UTC)


class ReplayBody(Body):
    """One delivery, one event, or a range: all that became visible from `from` until before `to`, of
    `types` or else of what the webhook asks for. `after` goes on where the last answer ended."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"from": "2026-01-02T03:04:05Z", "types": ["order.*"]}],
        }
    )

    delivery_id: Annotated[int, Field(ge=1, le=INT64_MAX)] = Field(default_factory=int)
    event_id: Annotated[int, Field(ge=1, le=INT64_MAX)] = Field(default_factory=int)
    since: Annotated[Moment, Field(strict=False)] = Field(default_factory=_never, alias="from")
    until: Annotated[Moment, Field(strict=False)] = Field(default_factory=_never, alias="to")
    types: EventTypes = Field(default_factory=list)
    after: Annotated[int, Field(ge=0, le=INT64_MAX)] = 0

    @model_validator(mode="after")
    def _one_thing_is_named(self) -> Self:
        named = self.model_fields_set - {"after"}
        if named not in ({"delivery_id"}, {"event_id"}) and not _is_range(named):
            raise PydanticCustomError(
                "what_to_replay", "name a delivery_id, an event_id, or a range by from, to or types"
            )
        return self

    def to_command(self, endpoint_id: int) -> ReplayWebhook:
        """Raises: UnknownEventType."""
        named = {name: getattr(self, name) for name in self.model_fields_set - {"types"}}
        if self.types:
            named["events"] = EventFilter.of(self.types)
        return ReplayWebhook(endpoint_id=endpoint_id, **named)


def _is_range(named: set[str]) -> bool:
    return bool(named) and named <= {"since", "until", "types"}


class ReplayedJson(Shown):
    replayed: int
    next_after: int | None = Field(description="send it as `after`: there is more; null at the end")


class WebhookJson(Shown):
    id: int
    url: str
    description: str
    events: Annotated[list[str], BeforeValidator(lambda chosen: list(chosen.patterns))]
    payload: PayloadStyle
    envelope: Envelope
    status: EndpointStatus
    disabled_reason: DisabledBecause | None
    disabled_at: Time | None
    failing_since: Time | None
    former_secret_until: Time | None
    created_at: Time
    updated_at: Time
    version: int


class WebhookWithSecretJson(BaseModel):
    secret: str | None = Field(description="shown this once; null when the request is repeated")
    webhook: WebhookJson

    @classmethod
    def of(cls, made: WithSecret) -> Self:
        return cls(secret=made.secret, webhook=WebhookJson.model_validate(made.endpoint))

    def without_secret(self) -> Self:
        return self.model_copy(update={"secret": None})


class DeliveryQuery(Page):
    limit: Limit = 20
    cursor: Annotated[int | None, Field(ge=1, le=INT64_MAX), AS_WRITTEN_HERE] = None
    state: DeliveryState | None = None
    type: EventType | None = None


class DeliveryJson(Shown):
    id: int
    webhook_id: str = Field(description="what is sent as `webhook-id`, at every attempt")
    event_id: int | None
    event_type: str
    state: DeliveryState
    attempts: int
    created_at: Time
    due_at: Time
    finished_at: Time | None
    last_status: int | None
    last_error: str | None


class ExchangeJson(BaseModel):
    headers: dict[str, str]
    body: str = Field(description="its beginning")


class AttemptJson(BaseModel):
    number: int
    started_at: Time
    duration_ms: int
    status: int | None
    error: str | None
    request: ExchangeJson
    response: ExchangeJson

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        reply = attempt.reply
        return cls(
            number=attempt.number,
            started_at=attempt.started_at,
            duration_ms=attempt.duration_ms,
            status=reply.status,
            error=reply.error,
            request=ExchangeJson(headers=dict(attempt.request_headers), body=attempt.request_body),
            response=ExchangeJson(headers=dict(reply.headers), body=reply.body),
        )


class DeliveryInFullJson(DeliveryJson):
    tried: list[AttemptJson]

    @classmethod
    def of(cls, delivery: Delivery, attempts: Sequence[Attempt]) -> Self:
        shown: dict[str, Any] = DeliveryJson.model_validate(delivery).model_dump()
        return cls(**shown, tried=list(map(AttemptJson.of, attempts)))
