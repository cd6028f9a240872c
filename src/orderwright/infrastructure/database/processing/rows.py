from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Dialect

from orderwright.domain.entities.payable_order import FirstPayment
from orderwright.domain.interfaces.processing import Claim, Recorded, Step, TaskEnd
from orderwright.domain.value_objects.actor import SYSTEM
from orderwright.infrastructure.database import tables, tables_payments
from orderwright.infrastructure.database.bulk.event_rows import By, event_values
from orderwright.infrastructure.database.bulk.rows_of import RowsOf, Values
from orderwright.infrastructure.database.bulk.sheet import Row
from orderwright.infrastructure.database.types import UtcDateTime, strict_json


class ProcessingRows:
    """What a group inserts, table by table, and the values of what it updates."""

    def __init__(self, dialect: Dialect) -> None:
        self._payments = RowsOf(tables_payments.payments, dialect)
        self._operations = RowsOf(tables_payments.payment_operations, dialect)
        self._events = RowsOf(tables.events, dialect)
        convert = UtcDateTime().bind_processor(dialect)
        self._convert = convert or (lambda value: value)

    def begun(self, steps: Sequence[Step]) -> Iterator[tuple[RowsOf, list[Row]]]:
        yield self._payments, self._payments(_payment(each.payment) for each in steps)
        yield self._operations, self._operations(_operation(each.payment) for each in steps)
        yield from self.events(steps)

    def events(self, steps: Sequence[Step]) -> Iterator[tuple[RowsOf, list[Row]]]:
        yield self._events, self._events(_events(steps))

    def time(self, moment: datetime | None) -> Any:
        return None if moment is None else self._convert(moment)

    def of_operations(self, recorded: Recorded) -> list[Row]:
        return [
            (
                each.payment.operation_id,
                str(each.payment.state),
                self.time(each.payment.finished_at),
                self.time(each.payment.due_at),
                self.time(each.payment.first_sent_at),
                each.payment.error_code,
            )
            for each in recorded.steps
        ]

    def of_payments(self, recorded: Recorded) -> list[Row]:
        return [
            (
                each.payment.id,
                str(ledger.state),
                ledger.authorised,
                ledger.captured,
                each.payment.provider_payment_id,
                self.time(each.order.updated_at),
            )
            for each in recorded.steps
            for ledger in [each.payment.ledger]
        ]

    def of_orders(self, steps: Sequence[Step]) -> list[Row]:
        return [
            (
                each.order.id,
                str(each.order.status),
                str(each.order.payment_status),
                each.order.version,
                self.time(each.order.updated_at),
            )
            for each in steps
        ]

    def of_tasks(self, ends: Sequence[TaskEnd]) -> list[Row]:
        return [
            (
                each.task_id,
                each.fence,
                str(each.state),
                self.time(each.due_at),
                self.time(each.finished_at),
                _json(each.result),
                _json(each.error),
            )
            for each in ends
        ]


def held(claims: Iterable[Claim]) -> list[tuple[str, int]]:
    """In the order in which everybody locks tasks."""
    return sorted((each.task_id, each.fence) for each in claims)


def _json(value: dict[str, object] | None) -> str | None:
    return None if value is None else strict_json(value)


def _payment(payment: FirstPayment) -> Values:
    return {
        "id": payment.id,
        "order_id": payment.order_id,
        "provider": payment.provider,
        "amount_minor": payment.amount.minor,
        "authorised_minor": 0,
        "captured_minor": 0,
        "refunded_minor": 0,
        "currency": payment.amount.currency,
        "status": payment.status,
        "token": payment.token,
        "created_at": payment.planned_at,
        "updated_at": payment.planned_at,
    }


def _operation(payment: FirstPayment) -> Values:
    return {
        "id": payment.operation_id,
        "payment_id": payment.id,
        "kind": payment.kind,
        "amount_minor": payment.amount.minor,
        "currency": payment.amount.currency,
        "state": payment.state,
        "sends": 1,
        "planned_at": payment.planned_at,
        "first_sent_at": payment.first_sent_at,
        "sent_at": payment.planned_at,
        "due_at": payment.due_at,
    }


def _events(steps: Iterable[Step]) -> Iterator[Values]:
    for each in steps:
        by = By(SYSTEM.name, each.correlation_id)
        for recorded in each.order.events:
            yield event_values("order", each.order.id, recorded, by)
        each.order.events.clear()
