"""How events reach those who follow them."""

from pydantic import Field
from pydantic_settings import BaseSettings


class EventSettings(BaseSettings):
    event_poll_seconds: float = Field(
        0.5,
        gt=0,
        le=60,
        description="How long an event that another process wrote may wait before it is noticed; "
        "one of the same process never waits for that.",
    )
    event_lease_seconds: float = Field(
        5.0,
        gt=0,
        le=3600,
        description="How long a process that went silent keeps others from handing events over in "
        "its place.",
    )
    event_retry_seconds: float = Field(
        10.0,
        ge=0,
        le=86_400,
        description="How long an event that a part of this service could not take waits until it "
        "is tried again.",
    )
    event_stream_clients_max: int = Field(
        2_000,
        ge=1,
        le=100_000,
        description="Clients that follow the events as a stream, in a process.",
    )
    event_attempts_max: int = Field(
        5, ge=1, le=100, description="How often it is tried before it is given up, to be looked at."
    )
