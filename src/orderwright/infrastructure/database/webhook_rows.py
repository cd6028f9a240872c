"""Rows of webhook deliveries and attempts as the domain has them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import RowMapping, Select, select

from orderwright.domain.interfaces.event_feed import FeedEvent
from orderwright.domain.interfaces.webhooks import Attempt, Delivery, Reply
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.tables_events import event_feed
from orderwright.infrastructure.database.tables_webhooks import webhook_attempts, webhook_deliveries

_rows: Final = webhook_deliveries.c
DELIVERY: Final = (
    _rows.id,
    _rows.endpoint_id,
    _rows.position.label("event_id"),
    _rows.event_type,
    _rows.state,
    _rows.attempts,
    _rows.created_at,
    _rows.due_at,
    _rows.finished_at,
    _rows.last_status,
    _rows.last_error,
)
_EVENT: Final = ("aggregate", "aggregate_id", "sequence", "name", "payload", "actor")
_MORE: Final = ("correlation_id", "occurred_at")


def events_at(positions: list[int]) -> Select[Any]:
    columns = [tables.events.c[name] for name in (*_EVENT, *_MORE)]
    return (
        select(event_feed.c.position, *columns)
        .join(tables.events, tables.events.c.id == event_feed.c.event_id)
        .where(event_feed.c.position.in_(positions))
    )


def delivery_of(row: RowMapping) -> Delivery:
    return Delivery(**{column.name: row[column.name] for column in DELIVERY})


def event_of(row: RowMapping) -> FeedEvent:
    return FeedEvent(**row)


def attempts_of(delivery_id: int) -> Select[Any]:
    columns = webhook_attempts.c
    return (
        select(webhook_attempts).where(columns.delivery_id == delivery_id).order_by(columns.number)
    )


def attempt_of(row: RowMapping) -> Attempt:
    return Attempt(
        number=row["number"],
        started_at=row["started_at"],
        duration_ms=row["duration_ms"],
        request_headers=row["request_headers"],
        request_body=row["request_body"],
        reply=Reply(
            status=row["status"],
            headers=row["response_headers"],
            body=row["response_body"],
            error=row["error"],
        ),
    )


def attempt_row(delivery_id: int, attempt: Attempt) -> dict[str, object]:
    reply = attempt.reply
    return {
        "delivery_id": delivery_id,
        "number": attempt.number,
        "started_at": attempt.started_at,
        "duration_ms": attempt.duration_ms,
        "request_headers": dict(attempt.request_headers),
        "request_body": attempt.request_body,
        "status": reply.status,
        "error": reply.error,
        "response_headers": dict(reply.headers),
        "response_body": reply.body,
    }
