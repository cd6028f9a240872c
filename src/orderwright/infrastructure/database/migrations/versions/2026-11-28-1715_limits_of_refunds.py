"""How much of a payment is on its way back and how many units of a line have been refunded, so that
the database itself refuses more than there is."""

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
)

from orderwright.infrastructure.database.former_tables import check, code, former_table
from orderwright.infrastructure.database.types import BigInt, Flag, String_, UtcDateTime

revision = "2026_11_28_1715"
down_revision = "2026_11_28_1700"
branch_labels = None
depends_on = None

_REFUNDED_UNITS = (
    "ck_order_items_refunded_at_most_ordered",
    "refunded BETWEEN 0 AND quantity",
)
_REFUNDING_MONEY = (
    "ck_payments_refunding_at_most_left",
    "refunding_minor BETWEEN 0 AND captured_minor - refunded_minor",
)

# What a refund of a return was for stood with the return alone. Where several payments gave the money
# of one return back, the first refund is for the goods.
_ITEMS_OF_RETURNS = """
INSERT INTO refund_items (refund_id, item_id, quantity)
SELECT refunds.id, return_items.item_id, return_items.quantity
FROM refunds
JOIN return_items ON return_items.return_id = refunds.return_id
WHERE refunds.id IN (
    SELECT MIN(id) FROM refunds
    WHERE return_id IS NOT NULL AND status <> 'failed' GROUP BY return_id
)
AND NOT EXISTS (SELECT 1 FROM refund_items WHERE refund_items.refund_id = refunds.id)
"""

# Refunds could name more units than a line has, where they had an amount of their own.
_REFUNDED = """
UPDATE order_items SET refunded = (
    SELECT CASE
        WHEN SUM(refund_items.quantity) > order_items.quantity THEN order_items.quantity
        ELSE SUM(refund_items.quantity)
    END
    FROM refund_items
    JOIN refunds ON refunds.id = refund_items.refund_id
    WHERE refunds.order_id = order_items.order_id AND refund_items.item_id = order_items.id
      AND refunds.status <> 'failed'
)
WHERE EXISTS (
    SELECT 1
    FROM refund_items
    JOIN refunds ON refunds.id = refund_items.refund_id
    WHERE refunds.order_id = order_items.order_id AND refund_items.item_id = order_items.id
      AND refunds.status <> 'failed'
)
"""

_REFUNDING = """
UPDATE payments SET refunding_minor = (
    SELECT SUM(amount_minor) FROM payment_operations
    WHERE payment_id = payments.id AND kind = 'refund' AND state IN ('planned', 'sent', 'unknown')
)
WHERE id IN (
    SELECT payment_id FROM payment_operations
    WHERE kind = 'refund' AND state IN ('planned', 'sent', 'unknown')
)
"""


def upgrade() -> None:
    _add("refunded", *_REFUNDED_UNITS, to=_order_items())
    _add("refunding_minor", *_REFUNDING_MONEY, to=_payments())
    for statement in (_ITEMS_OF_RETURNS, _REFUNDED, _REFUNDING):
        op.execute(statement)


def downgrade() -> None:
    items = _order_items(_counter("refunded"), check(*_REFUNDED_UNITS))
    _drop("refunded", _REFUNDED_UNITS[0], of=items)
    payments = _payments(_counter("refunding_minor"), check(*_REFUNDING_MONEY))
    _drop("refunding_minor", _REFUNDING_MONEY[0], of=payments)


def _add(column: str, name: str, rule: str, *, to: Table) -> None:
    with op.batch_alter_table(to.name, copy_from=to) as table:
        table.add_column(_counter(column))
        table.create_check_constraint(op.f(name), rule)


def _drop(column: str, name: str, *, of: Table) -> None:
    with op.batch_alter_table(of.name, copy_from=of) as table:
        table.drop_constraint(op.f(name), type_="check")
        table.drop_column(column)


def _counter(name: str) -> Column[int]:
    return Column(name, BigInt, nullable=False, server_default="0")


def _order_items(*new: Column[int] | CheckConstraint) -> Table:
    return former_table(
        "order_items",
        Column("order_id", BigInt, nullable=False),
        Column("id", BigInt, nullable=False),
        Column("product_id", BigInt, nullable=False),
        Column("sku", String_(64), nullable=False),
        Column("name", String_(200), nullable=False),
        Column("quantity", BigInt, nullable=False),
        Column("unit_price_ten_thousandths", BigInt, nullable=False),
        Column("line_total_minor", BigInt, nullable=False),
        Column("currency", code(3), nullable=False),
        Column("track_inventory", Flag, nullable=False),
        Column("shipped", BigInt, nullable=False),
        Column("returned", BigInt, nullable=False),
        *new,
        check("ck_order_items_quantity_in_bounds", "quantity BETWEEN 1 AND 1000000"),
        check("ck_order_items_returned_at_most_shipped", "returned BETWEEN 0 AND shipped"),
        check("ck_order_items_shipped_at_most_ordered", "shipped BETWEEN 0 AND quantity"),
        check("ck_order_items_price_not_negative", "unit_price_ten_thousandths >= 0"),
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_order_items_order_id"),
        ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_order_items_product_id"),
        PrimaryKeyConstraint("order_id", "id", name="pk_order_items"),
        Index("ix_order_items_product", "product_id", "order_id"),
    )


def _payments(*new: Column[int] | CheckConstraint) -> Table:
    return former_table(
        "payments",
        Column("id", String_(36), nullable=False),
        Column("order_id", BigInt, nullable=False),
        Column("provider", String_(32), nullable=False),
        Column("amount_minor", BigInt, nullable=False),
        Column("authorised_minor", BigInt, nullable=False),
        Column("captured_minor", BigInt, nullable=False),
        Column("refunded_minor", BigInt, nullable=False),
        Column("currency", code(3), nullable=False),
        Column("status", code(32), nullable=False),
        Column("token", String_(255)),
        Column("provider_payment_id", String_(255)),
        Column("created_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        *new,
        check("ck_payments_amount_positive", "amount_minor > 0"),
        check("ck_payments_captured_at_most_authorised", "captured_minor <= authorised_minor"),
        check(
            "ck_payments_refunded_at_most_captured", "refunded_minor BETWEEN 0 AND captured_minor"
        ),
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_payments_order_id"),
        PrimaryKeyConstraint("id", name="pk_payments"),
        Index("ix_payments_order_id", "order_id"),
    )
