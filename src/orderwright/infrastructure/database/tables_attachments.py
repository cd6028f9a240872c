"""Attachments of orders, and the files that belong to none (yet, or any more)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index

from orderwright.infrastructure.database.domain_types import id_text
from orderwright.infrastructure.database.table_parts import at, references, table, text_id
from orderwright.infrastructure.database.types import BigInt, String_

attachments: Final = table(
    "attachments",
    text_id(),
    references("order_id", "orders.id", index=True),
    Column("filename", String_(200), nullable=False),
    Column("content_type", String_(100), nullable=False),
    Column("size", BigInt, nullable=False),
    Column("sha256", String_(64), nullable=False),
    at("created_at"),
    CheckConstraint("size > 0", name="size_positive"),
)

ownerless_files: Final = table(
    "ownerless_files",
    Column("file_id", id_text(), primary_key=True),
    at("due_at"),
    Index("ix_ownerless_files_due_at", "due_at"),
)
