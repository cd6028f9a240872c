from __future__ import annotations

from sqlalchemy import Column

from orderwright.infrastructure.database.table_parts import at, table
from orderwright.infrastructure.database.types import BigInt, String_

schedules = table(
    "schedules",
    Column("name", String_(64), primary_key=True),
    at("due_at"),
    Column("fence", BigInt, nullable=False),
    at("lease_until", nullable=True),
    at("last_run_at", nullable=True),
    Column("last_error", String_(255)),
)
