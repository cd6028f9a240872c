"""How events are sent to those who asked for them."""

from typing import Annotated, Final

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from orderwright.config_deployment import DeploymentSettings, is_deployed

# Standard Webhooks' table: ten attempts in three days.
_DELAYS: Final = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)
_PORT_MAX: Final = 65_535


class WebhookSettings(DeploymentSettings):
    webhook_allow_local: bool = Field(
        default_factory=lambda known: known.get("environment") == "development",
        description="Send webhooks to `http://` too, to any port, and to addresses of this machine and "
        "its network, so that `orderwright webhooks listen` hears them; refused outside development.",
        json_schema_extra={"shown_default": "`true` in development"},
    )
    webhook_retry_seconds: Annotated[tuple[float, ...], NoDecode] = Field(
        _DELAYS,
        description="How long a delivery that failed waits before each further attempt, by commas; "
        "give or take a fifth. After the last it is dead.",
        json_schema_extra={
            "shown_default": "`" + ",".join(f"{each:.0f}" for each in _DELAYS) + "`"
        },
    )
    webhook_timeout_seconds: float = Field(
        15.0, gt=0, le=300, description="How long one attempt may take in all."
    )
    webhook_lease_seconds: float = Field(
        60.0,
        gt=0,
        le=3600,
        description="After how long a delivery is taken over from a process that died while sending it; "
        "must exceed `WEBHOOK_TIMEOUT_SECONDS`.",
    )
    webhook_concurrency: int = Field(
        100, ge=1, le=10_000, description="Webhooks a process sends at once."
    )
    webhook_endpoint_concurrency: int = Field(
        8, ge=1, le=100, description="How many of these to one endpoint, each of another order."
    )
    webhook_poll_seconds: float = Field(
        0.5,
        gt=0,
        le=60,
        description="How often it is looked for webhooks that are due; those that the same process has just "
        "made never wait for that.",
    )
    webhook_disable_after_days: float = Field(
        5.0,
        gt=0,
        le=365,
        description="An endpoint at which nothing has arrived for so long, although it was tried, is "
        "disabled.",
    )
    webhook_rotation_hours: float = Field(
        24.0,
        ge=0,
        le=8760,
        description="How long the former secret of an endpoint signs beside the new one.",
    )
    webhook_keep_days: float = Field(
        30.0,
        gt=0,
        le=3650,
        description="How long deliveries that have arrived or are dead are kept.",
    )
    webhook_ports: Annotated[tuple[int, ...], NoDecode] = Field(
        (443, 8443),
        description="Ports that webhooks may be sent to, by commas.",
        json_schema_extra={"shown_default": "`443,8443`"},
    )

    @field_validator("webhook_allow_local")
    @classmethod
    def _local_stays_on_the_desk(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001
        if value and is_deployed(info.data):
            raise ValueError("is refused outside development")
        return value

    @field_validator("webhook_retry_seconds", "webhook_ports", mode="before")
    @classmethod
    def _numbers_from_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("webhook_retry_seconds")
    @classmethod
    def _delays_that_are_some(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not value or not all(0 < each <= _DELAYS[-1] * 30 for each in value):
            raise ValueError("must be numbers of seconds above 0")
        return value

    @field_validator("webhook_ports")
    @classmethod
    def _ports_that_exist(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not value or not all(0 < each <= _PORT_MAX for each in value):
            raise ValueError(f"must be numbers from 1 to {_PORT_MAX}")
        return value

    @field_validator("webhook_lease_seconds")
    @classmethod
    def _longer_than_an_attempt(cls, value: float, info: ValidationInfo) -> float:
        if value <= info.data.get("webhook_timeout_seconds", 0):
            raise ValueError("must be more than WEBHOOK_TIMEOUT_SECONDS")
        return value
