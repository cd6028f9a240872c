"""Attachments of orders, and the files that belong to none (yet, or any more)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from orderwright.infrastructure.database.types import BigInt, String_, UtcDateTime

revision = "2026_11_28_1742"
down_revision = "2026_11_28_1741"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachments",
        Column("id", String_(36), nullable=False),
        Column("order_id", BigInt, nullable=False),
        Column("filename", String_(200), nullable=False),
        Column("content_type", String_(100), nullable=False),
        Column("size", BigInt, nullable=False),
        Column("sha256", String_(64), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachments_size_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_attachments_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
        sqlite_strict=True,
    )
    op.create_index("ix_attachments_order_id", "attachments", ["order_id"])
    op.create_table(
        "ownerless_files",
        Column("file_id", String_(36), nullable=False),
        Column("due_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("file_id", name="pk_ownerless_files"),
        sqlite_strict=True,
    )
    op.create_index("ix_ownerless_files_due_at", "ownerless_files", ["due_at"])


def downgrade() -> None:
    op.drop_table("ownerless_files")
    op.drop_table("attachments")
