from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import RowMapping, select

from orderwright.domain.interfaces.open_operations import OperationInNeed
from orderwright.domain.value_objects.money import Money
from orderwright.infrastructure.database import tables_payments
from orderwright.infrastructure.database.readers.reading import Reading

_operations: Final = tables_payments.payment_operations.c
_payments: Final = tables_payments.payments.c
_SHOWN: Final = (
    _operations.id,
    _payments.order_id,
    _operations.payment_id,
    _payments.provider,
    _payments.provider_payment_id,
    _operations.kind,
    _operations.state,
    _operations.currency,
    _operations.first_sent_at,
    _operations.attention_at,
    _operations.due_at,
)


class SqlOpenOperationReader(Reading):
    async def in_need(self, *, skip: int, limit: int) -> Sequence[OperationInNeed]:
        found = await self._mappings(
            select(_operations.amount_minor, *_SHOWN)
            .join(tables_payments.payments, _payments.id == _operations.payment_id)
            .where(_operations.attention_at.is_not(None))
            .order_by(_operations.attention_at, _operations.id)
            .offset(skip)
            .limit(limit)
        )
        return [_in_need(row) for row in found]


def _in_need(row: RowMapping) -> OperationInNeed:
    values = dict(row)
    return OperationInNeed(amount=Money(values.pop("amount_minor"), row["currency"]), **values)
