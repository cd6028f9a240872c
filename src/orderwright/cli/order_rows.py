"""An order as rows of a table, in the columns that the `orderwright` mapping imports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from orderwright.cli.output import as_data, plain
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.interfaces.order_reader import OrderView

_ADDRESS_PARTS: Final = (
    *("name", "company", "line1", "line2", "city", "region", "postal_code"),
    *("country", "phone"),
)
COLUMNS: Final = (
    *("order", "channel", "reference", "status", "payment_status", "fulfilment_status"),
    *("placed_at", "shipped_at", "customer", "customer_name", "currency"),
    *("kind", "sku", "name", "quantity", "unit_price", "amount"),
    *(f"ship_{part}" for part in _ADDRESS_PARTS),
)
# What spreadsheets take for the start of a formula, in cells that people outside fill.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")
_FILLED_BY_OTHERS: Final = (
    *("channel", "reference", "customer", "customer_name", "sku", "name"),
    *(f"ship_{part}" for part in _ADDRESS_PARTS),
)
_PAID: Final = (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedOrder:
    order: OrderView
    customer: str
    customer_name: str
    shipped_at: datetime | None

    def rows(self) -> Iterator[Row]:
        """One for each line and each adjustment; their amounts sum to the order's total."""
        shared = self._shared()
        for item in as_data(self.order.items):
            row = {name: item[name] for name in ("sku", "name", "quantity", "unit_price")}
            yield _safe(shared | row | {"kind": "item", "amount": item["line_total"]})
        for each in as_data(self.order.adjustments):
            kind = str(each["kind"])
            row = {"kind": kind, "sku": kind.upper(), "name": each["label"], "quantity": 1}
            yield _safe(shared | row | {"unit_price": each["amount"], "amount": each["amount"]})

    def _shared(self) -> Row:
        order = self.order
        address = order.shipping_address.as_dict() if order.shipping_address else {}
        return {
            "order": self._number(),
            "channel": order.channel,
            "reference": order.reference,
            "status": order.status.value,
            "payment_status": order.payment_status.value,
            "fulfilment_status": order.fulfilment_status.value,
            "placed_at": plain(order.created_at),
            "shipped_at": plain(self.shipped_at) if self.shipped_at else None,
            "customer": self.customer,
            "customer_name": self.customer_name,
            "currency": order.currency.code,
            **{f"ship_{part}": text for part, text in address.items()},
        }

    def _number(self) -> str:
        """Says of what is no sale that it is none, so that an import places only sales."""
        if self.order.status is OrderStatus.CANCELLED:
            return f"cancelled:{self.order.id}"
        paid = self.order.payment_status in _PAID
        return str(self.order.id) if paid else f"unpaid:{self.order.id}"


def _safe(row: Row) -> Row:
    return row | {name: _not_a_formula(row.get(name)) for name in _FILLED_BY_OTHERS}


def _not_a_formula(text: str | None) -> str | None:
    return f"'{text}" if text and text.startswith(_FORMULA) else text
