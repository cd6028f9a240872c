"""How orders are taken in, how long they may wait, and what is asked of those who change things."""

from datetime import UTC, datetime

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings


class OrderSettings(BaseSettings):
    """Field order matters: each is checked against those above it."""

    placement_queue_size: int = Field(
        2_000,
        ge=1,
        le=100_000,
        description="Orders that may wait to be placed in a process; one more is answered 503.",
    )
    placement_batch_max: int = Field(
        256, ge=1, le=1_000, description="Orders placed in one transaction at the most."
    )
    placement_workers: int = Field(
        1, ge=1, le=4, description="Groups of orders that a process places at the same time."
    )
    order_expiry_minutes: int = Field(
        60,
        ge=1,
        le=10_000_000,
        description="How long an order may stay pending before it is cancelled and its stock released.",
    )
    order_expiry_sweep_seconds: float = Field(
        10.0,
        gt=0,
        le=3600,
        description="How often a process with background work looks for such orders.",
    )
    low_stock_units: int = Field(
        0,
        ge=0,
        le=1_000_000,
        description="With so many units or fewer available after an adjustment, `stock.low` is logged.",
    )
    idempotency_key_hours: int = Field(
        24, ge=1, le=8760, description="How long a repeated request gets its first answer again."
    )
    require_if_match: bool = Field(
        False, description="Refuse (428) to change a thing without `If-Match`."
    )
    api_v1_deprecated_at: datetime | None = Field(
        None,
        description="Since when the order routes of version 1 are deprecated: a date or time, in "
        "UTC unless it says otherwise. Answers say so, and who calls them is counted.",
    )
    api_v1_sunset_at: datetime | None = Field(
        None, description="When version 1 ends; after `API_V1_DEPRECATED_AT`."
    )

    @field_validator("api_v1_deprecated_at", "api_v1_sunset_at")
    @classmethod
    def _in_utc(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)

    @field_validator("api_v1_sunset_at")
    @classmethod
    def _a_notice_before_the_end(
        cls, value: datetime | None, info: ValidationInfo
    ) -> datetime | None:
        deprecated_at = info.data.get("api_v1_deprecated_at")
        if value is not None and (deprecated_at is None or value <= deprecated_at):
            raise ValueError("must be after API_V1_DEPRECATED_AT")
        return value
