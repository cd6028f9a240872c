from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payable_order import PayableOrder
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.interfaces.processing import Claim
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money

Rows = Iterable[Sequence[Any]]


def claims(rows: Rows, lease_until: datetime) -> list[Claim]:
    return [
        Claim(
            task_id=task_id,
            fence=fence,
            attempts=attempts,
            order_id=order_id,
            token=token,
            payments_before=int(payments_before or 0),
            correlation_id=correlation_id,
            created_at=_time(created_at),
            due_at=_time(due_at),
            lease_until=lease_until,
        )
        for (
            task_id,
            fence,
            attempts,
            order_id,
            token,
            payments_before,
            correlation_id,
            created_at,
            due_at,
        ) in rows
    ]


def orders(rows: Rows) -> dict[int, PayableOrder]:
    return {
        order_id: PayableOrder(
            id=order_id,
            status=OrderStatus(status),
            payment_status=PaymentStatus(payment_status),
            total=Money(total, Currency.of(currency)),
            version=version,
            is_cancelling=bool(is_cancelling),
        )
        for order_id, status, payment_status, currency, total, version, is_cancelling in rows
    }


def add_what_they_have(known: Mapping[int, PayableOrder], rows: Rows) -> None:
    for order_id, needed, held, payments in rows:
        order = known[order_id]
        order.needed, order.held, order.payments = int(needed), int(held), payments


def _time(stored: Any) -> datetime:
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
