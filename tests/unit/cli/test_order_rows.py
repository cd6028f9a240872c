"""Rows that people open in a spreadsheet: complete, and harmless to it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from orderwright.cli.order_rows import COLUMNS, ExportedOrder
from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.order_parts import AdjustmentKind
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.interfaces.order_reader import AdjustmentView, OrderItemView, OrderView
from orderwright.domain.value_objects.address import Address
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money, UnitPrice

GBP = Currency.of("GBP")
PLACED_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def an_order(*, name: str = "Teapot", **changes: Any) -> OrderView:
    item = OrderItemView(
        id=1,
        product_id=3,
        sku="TEAPOT",
        name=name,
        quantity=2,
        unit_price=UnitPrice.parse("12.5", GBP),
        line_total=Money.parse("25.00", GBP),
        shipped=0,
        returned=0,
    )
    discount = AdjustmentView(
        kind=AdjustmentKind.DISCOUNT, label="Spring", amount=Money.parse("-5.00", GBP)
    )
    facts: dict[str, Any] = {
        "id": 7,
        "status": OrderStatus.CONFIRMED,
        "payment_status": PaymentStatus.PAID,
        "fulfilment_status": FulfilmentStatus.UNFULFILLED,
        "customer_id": 5,
        "currency": GBP,
        "total": Money.parse("20.00", GBP),
        "channel": "web",
        "reference": "W-1",
        "notes": None,
        "shipping_address": Address(city="Leeds", country="GB"),
        "billing_address": None,
        "metadata": {},
        "cancellation_requested_at": None,
        "cancellation_reason": None,
        "created_at": PLACED_AT,
        "updated_at": PLACED_AT,
        "version": 4,
        "items": (item,),
        "adjustments": (discount,),
    }
    return OrderView(**facts | changes)


def rows_of(order: OrderView) -> list[dict[str, Any]]:
    exported = ExportedOrder(
        order=order, customer="shop:5", customer_name="Ada", shipped_at=PLACED_AT
    )
    return list(exported.rows())


def test_lines_and_adjustments_sum_to_the_total() -> None:
    line, discount = rows_of(an_order())

    assert (line["kind"], line["sku"], line["quantity"], line["unit_price"]) == (
        *("item", "TEAPOT", 2),
        "12.50",
    )
    assert (discount["kind"], discount["name"], discount["amount"]) == (
        *("discount", "Spring"),
        "-5.00",
    )
    assert Decimal(line["amount"]) + Decimal(discount["amount"]) == Decimal("20.00")
    assert line["placed_at"] == "2026-11-22T09:30:00Z"
    assert line["ship_city"] == "Leeds"
    assert set(line) | set(discount) <= set(COLUMNS)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_text_from_outside_is_never_a_formula(start: str) -> None:
    (line, _) = rows_of(an_order(name=f"{start}cmd|' /C calc'!A0"))

    assert line["name"].startswith(f"'{start}")


@pytest.mark.parametrize(
    ("status", "payment_status", "number"),
    [
        (OrderStatus.CONFIRMED, PaymentStatus.PAID, "7"),
        (OrderStatus.DELIVERED, PaymentStatus.REFUNDED, "7"),
        (OrderStatus.PENDING, PaymentStatus.FAILED, "unpaid:7"),
        (OrderStatus.CANCELLED, PaymentStatus.REFUNDED, "cancelled:7"),
    ],
)
def test_what_is_no_sale_says_so_in_its_number(
    status: OrderStatus, payment_status: PaymentStatus, number: str
) -> None:
    (line, _) = rows_of(an_order(status=status, payment_status=payment_status))

    assert line["order"] == number
