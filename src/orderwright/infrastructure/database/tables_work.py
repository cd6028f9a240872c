"""What is to be done, and what is remembered of what was asked."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, text

from orderwright.domain.entities.imported_document import ImportOutcome
from orderwright.domain.entities.task import TaskState
from orderwright.infrastructure.database.domain_types import Choice
from orderwright.infrastructure.database.table_parts import at, references, table, text_id
from orderwright.infrastructure.database.types import BigInt, Bytes, Json, String_

tasks = table(
    "tasks",
    text_id(),
    Column("name", String_(64), nullable=False),
    Column("payload", Json, nullable=False),
    Column("dedupe_key", String_(128)),
    references("order_id", "orders.id", nullable=True, index=True),
    Column("correlation_id", String_(128)),
    Column("state", Choice(TaskState), nullable=False),
    Column("attempts", BigInt, nullable=False),
    Column("fence", BigInt, nullable=False),
    at("lease_until", nullable=True),
    at("created_at"),
    at("due_at"),
    at("finished_at", nullable=True),
    Column("result", Json),
    Column("error", Json),
    Index(
        "uq_tasks_dedupe_key",
        "dedupe_key",
        unique=True,
        postgresql_where=text("state IN ('queued', 'running')"),
        sqlite_where=text("state IN ('queued', 'running')"),
    ),
    Index(
        "ix_tasks_unfinished",
        "due_at",
        postgresql_where=text("state IN ('queued', 'running')"),
        sqlite_where=text("state IN ('queued', 'running')"),
    ),
    Index(
        "ix_tasks_ended_badly",
        "state",
        "id",
        postgresql_where=text("state IN ('dead', 'failed')"),
        sqlite_where=text("state IN ('dead', 'failed')"),
    ),
    Index(
        "ix_tasks_succeeded",
        "finished_at",
        postgresql_where=text("state = 'succeeded'"),
        sqlite_where=text("state = 'succeeded'"),
    ),
)

idempotency_keys = table(
    "idempotency_keys",
    Column("caller", String_(100), nullable=False),
    Column("key", String_(255), nullable=False),
    Column("fingerprint", String_(64), nullable=False),
    Column("resource_id", String_(64)),
    at("lease_until"),
    Column("status", BigInt),
    Column("headers", Json),
    Column("body", Bytes),
    at("created_at"),
    PrimaryKeyConstraint("caller", "key"),
    Index("ix_idempotency_keys_created_at", "created_at"),
)

deprecated_calls = table(
    "deprecated_calls",
    Column("caller", String_(100), nullable=False),
    Column("route", String_(200), nullable=False),
    Column("calls", BigInt, nullable=False),
    at("first_at"),
    at("last_at"),
    PrimaryKeyConstraint("caller", "route"),
)

imported_documents = table(
    "imported_documents",
    Column("channel", String_(50), nullable=False),
    Column("reference", String_(200), nullable=False),
    Column("fingerprint", String_(64), nullable=False),
    Column("outcome", Choice(ImportOutcome), nullable=False),
    Column("verdicts", Json, nullable=False),
    at("decided_at"),
    PrimaryKeyConstraint("channel", "reference"),
)
