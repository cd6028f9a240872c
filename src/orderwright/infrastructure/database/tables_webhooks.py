"""Webhook endpoints, what is to reach them, and what came of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, UniqueConstraint, text

from orderwright.domain.entities.webhook_endpoint import (
    DESCRIPTION_CHARS_MAX,
    URL_CHARS_MAX,
    DisabledBecause,
    EndpointStatus,
    Envelope,
    PayloadStyle,
)
from orderwright.domain.interfaces.webhooks import DeliveryState
from orderwright.infrastructure.database.domain_types import Choice, EventFilterDocument
from orderwright.infrastructure.database.table_parts import at, references, row_id, table, version
from orderwright.infrastructure.database.types import BigInt, Json, String_

_PENDING: Final = text("state = 'pending'")
_FINISHED: Final = text("finished_at IS NOT NULL")

webhook_endpoints = table(
    "webhook_endpoints",
    row_id(),
    Column("url", String_(URL_CHARS_MAX), nullable=False),
    Column("description", String_(DESCRIPTION_CHARS_MAX), nullable=False),
    Column("events", EventFilterDocument, nullable=False),
    Column("payload", Choice(PayloadStyle), nullable=False),
    Column("envelope", Choice(Envelope), nullable=False),
    Column("status", Choice(EndpointStatus), nullable=False),
    Column("disabled_reason", Choice(DisabledBecause)),
    at("disabled_at", nullable=True),
    Column("secret", String_(500), nullable=False),  # sealed, both
    Column("former_secret", String_(500)),
    at("former_secret_until", nullable=True),
    at("failing_since", nullable=True),
    at("created_at"),
    at("updated_at"),
    version(),
)

# `position` is that of the event; a test has none, nor an aggregate.
webhook_deliveries = table(
    "webhook_deliveries",
    row_id(),
    references("endpoint_id", "webhook_endpoints.id"),
    Column("position", BigInt),
    Column("event_type", String_(64), nullable=False),
    Column("aggregate", String_(32)),
    Column("aggregate_id", BigInt),
    Column("state", Choice(DeliveryState), nullable=False),
    Column("attempts", BigInt, nullable=False),
    Column("fence", BigInt, nullable=False),
    at("created_at"),
    at("due_at"),
    at("lease_until", nullable=True),
    at("finished_at", nullable=True),
    Column("last_status", BigInt),
    Column("last_error", String_(64)),
    UniqueConstraint("endpoint_id", "position"),
    CheckConstraint("(state = 'pending') = (finished_at IS NULL)", name="open_or_finished"),
    Index(
        "ix_webhook_deliveries_due",
        "endpoint_id",
        "due_at",
        postgresql_where=_PENDING,
        sqlite_where=_PENDING,
    ),
    Index(
        "ix_webhook_deliveries_turn",
        "endpoint_id",
        "aggregate",
        "aggregate_id",
        "position",
        postgresql_where=_PENDING,
        sqlite_where=_PENDING,
    ),
    Index(
        "ix_webhook_deliveries_finished",
        "finished_at",
        postgresql_where=_FINISHED,
        sqlite_where=_FINISHED,
    ),
    Index("ix_webhook_deliveries_listed", "endpoint_id", "id"),
)

# `number` counts on through replays.
webhook_attempts = table(
    "webhook_attempts",
    references("delivery_id", "webhook_deliveries.id"),
    Column("number", BigInt, nullable=False),
    at("started_at"),
    Column("duration_ms", BigInt, nullable=False),
    Column("request_headers", Json, nullable=False),
    Column("request_body", String_(2_000), nullable=False),
    Column("status", BigInt),
    Column("error", String_(64)),
    Column("response_headers", Json, nullable=False),
    Column("response_body", String_(2_000), nullable=False),
    PrimaryKeyConstraint("delivery_id", "number"),
)
