from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from orderwright.domain.entities.payable_order import PayableOrder
from orderwright.domain.interfaces.processing import Claim, Recorded, Step
from orderwright.domain.interfaces.unit_of_work import TransactionConflict
from orderwright.infrastructure.database.bulk.writing import copy_rows
from orderwright.infrastructure.database.processing import reading
from orderwright.infrastructure.database.processing.rows import ProcessingRows, held

CLAIM: Final = """
UPDATE tasks SET state = 'running', attempts = attempts + 1, fence = fence + 1, lease_until = $3
WHERE id IN (
  SELECT id FROM tasks
  WHERE name = $1
    AND (state = 'queued' AND due_at <= $2 OR state = 'running' AND lease_until < $2)
  ORDER BY due_at LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING id, fence, attempts, order_id, payload ->> 'payment_token',
  payload ->> 'payments_before', correlation_id, created_at, due_at
"""
STILL_HELD: Final = """
SELECT id FROM tasks
WHERE (id, fence) IN (SELECT * FROM unnest($1::text[], $2::bigint[])) AND state = 'running'
ORDER BY id FOR NO KEY UPDATE
"""
# Locked in order first: an update locks in any, and so stood in the way of outcomes that waited for it.
EXTEND: Final = """
UPDATE tasks SET lease_until = $3
WHERE id IN (
  SELECT id FROM tasks
  WHERE (id, fence) IN (SELECT * FROM unnest($1::text[], $2::bigint[])) AND state = 'running'
  ORDER BY id FOR NO KEY UPDATE
)
"""
# Locked first, looked at after: another statement sees what was committed before the lock was had.
ORDERS: Final = """
SELECT id, status, payment_status, currency, total_minor, version,
  cancellation_requested_at IS NOT NULL
FROM orders WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
WHAT_THEY_HAVE: Final = """
SELECT id,
  (SELECT coalesce(sum(quantity), 0) FROM order_items
   WHERE order_id = orders.id AND track_inventory),
  (SELECT coalesce(sum(quantity), 0) FROM reservations WHERE order_id = orders.id),
  (SELECT count(*) FROM payments WHERE order_id = orders.id)
FROM orders WHERE id = ANY($1::bigint[])
"""
STILL_OPEN: Final = """
SELECT id FROM payment_operations WHERE id = ANY($1::text[]) AND state = 'sent' AND sends = 1
"""
ORDERS_MADE: Final = """
UPDATE orders SET status = made.status, payment_status = made.payment_status,
  version = made.version, updated_at = made.updated_at
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
  AS made (id, status, payment_status, version, updated_at)
WHERE orders.id = made.id
"""
OPERATIONS: Final = """
UPDATE payment_operations AS operations SET state = made.state, finished_at = made.finished_at,
  due_at = made.due_at, first_sent_at = made.first_sent_at, error_code = made.error_code
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[],
  $6::text[]) AS made (id, state, finished_at, due_at, first_sent_at, error_code)
WHERE operations.id = made.id
"""
PAYMENTS: Final = """
UPDATE payments SET status = made.status, authorised_minor = made.authorised,
  captured_minor = made.captured, provider_payment_id = made.provider_payment_id,
  updated_at = made.updated_at
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::timestamptz[])
  AS made (id, status, authorised, captured, provider_payment_id, updated_at)
WHERE payments.id = made.id
"""
TASKS: Final = """
UPDATE tasks SET state = made.state, due_at = made.due_at, finished_at = made.finished_at,
  lease_until = NULL, result = made.result, error = made.error
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::json[],
  $7::json[]) AS made (id, fence, state, due_at, finished_at, result, error)
WHERE tasks.id = made.id AND tasks.fence = made.fence
"""


class PostgresProcessing:
    """One transaction, on a connection of asyncpg."""

    def __init__(self, connection: Any, rows: ProcessingRows) -> None:
        self._connection = connection
        self._rows = rows

    async def begin(self) -> None:
        await self._connection.execute("BEGIN")

    async def claim(
        self, name: str, *, now: datetime, lease_until: datetime, limit: int
    ) -> Sequence[Claim]:
        found = await self._connection.fetch(CLAIM, name, now, lease_until, limit)
        return reading.claims(found, lease_until)

    async def still_held(self, claims: Collection[Claim]) -> set[str]:
        if not claims:
            return set()
        found = await self._connection.fetch(STILL_HELD, *_columns(held(claims)))
        return {task_id for (task_id,) in found}

    async def extend(self, claims: Collection[Claim], lease_until: datetime) -> None:
        if claims:
            await self._connection.execute(EXTEND, *_columns(held(claims)), lease_until)

    async def orders(self, ids: Collection[int]) -> Mapping[int, PayableOrder]:
        return reading.orders(await self._connection.fetch(ORDERS, sorted(ids)))

    async def add_what_they_have(self, orders: Mapping[int, PayableOrder]) -> None:
        found = await self._connection.fetch(WHAT_THEY_HAVE, list(orders))
        reading.add_what_they_have(orders, found)

    async def still_open(self, operation_ids: Collection[str]) -> set[str]:
        found = await self._connection.fetch(STILL_OPEN, list(operation_ids))
        return {operation_id for (operation_id,) in found}

    async def begin_payments(self, steps: Sequence[Step]) -> None:
        await copy_rows(self._connection, self._rows.begun(steps))
        await self._update(ORDERS_MADE, self._rows.of_orders(steps))

    async def record(self, recorded: Recorded) -> None:
        await self._update(OPERATIONS, self._rows.of_operations(recorded))
        await self._update(PAYMENTS, self._rows.of_payments(recorded))
        await self._update(ORDERS_MADE, self._rows.of_orders(recorded.steps))
        await copy_rows(self._connection, self._rows.events(recorded.steps))
        await self._update(TASKS, self._rows.of_tasks(recorded.ends))

    async def commit(self) -> None:
        await self._connection.execute("COMMIT")

    async def roll_back(self) -> None:
        if not self._connection.is_closed() and self._connection.is_in_transaction():
            await self._connection.execute("ROLLBACK")

    async def _update(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        if not rows:
            return
        if await self._connection.execute(statement, *_columns(rows)) != f"UPDATE {len(rows)}":
            raise TransactionConflict("a row changed under its lock")


def _columns(rows: Collection[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
