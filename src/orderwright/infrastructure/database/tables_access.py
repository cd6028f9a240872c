"""Who may do what, and how they show who they are."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, func

from orderwright.infrastructure.database.domain_types import PermissionSet, id_text
from orderwright.infrastructure.database.table_parts import (
    at,
    flag,
    references,
    row_id,
    table,
    text_id,
    version,
)
from orderwright.infrastructure.database.types import BigInt, String_, UtcDateTime

users = table(
    "users",
    row_id(),
    Column("username", String_(320), nullable=False),
    Column("email", String_(320)),
    Column("password_hash", String_(255), nullable=False),
    Column("permissions", PermissionSet, nullable=False),
    flag("active"),
    Column("token_generation", BigInt, nullable=False),
    at("created_at"),
    version(),
)
Index("uq_users_username", func.lower(users.c.username), unique=True)

api_keys = table(
    "api_keys",
    row_id(),
    Column("name", String_(100), nullable=False),
    Column("lookup", String_(32), nullable=False, unique=True),
    Column("secret_hash", String_(64), nullable=False),
    Column("permissions", PermissionSet, nullable=False),
    at("created_at"),
    at("revoked_at", nullable=True),
    version(),
)

refresh_tokens = table(
    "refresh_tokens",
    text_id(),
    Column("family_id", id_text(), nullable=False, index=True),
    references("user_id", "users.id", index=True),
    Column("token_hash", String_(64), nullable=False, unique=True),
    at("created_at"),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    at("used_at", nullable=True),
    at("revoked_at", nullable=True),
)

sign_in_tallies = table(
    "sign_in_tallies",
    Column("subject", String_(64), primary_key=True),
    Column("failures", BigInt, nullable=False),
    at("wait_until"),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    CheckConstraint("failures >= 0", name="failures_not_negative"),
)
