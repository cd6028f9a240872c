from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from orderwright.domain.entities.payable_order import PayableOrder
from orderwright.domain.interfaces.processing import Claim, Recorded, Step
from orderwright.domain.interfaces.unit_of_work import TransactionConflict
from orderwright.infrastructure.database.bulk.writing import insert_rows
from orderwright.infrastructure.database.processing import reading
from orderwright.infrastructure.database.processing.rows import ProcessingRows, held
from orderwright.infrastructure.database.types import strict_json

CLAIM: Final = """
UPDATE tasks SET state = 'running', attempts = attempts + 1, fence = fence + 1, lease_until = ?3
WHERE id IN (
  SELECT id FROM tasks
  WHERE name = ?1
    AND (state = 'queued' AND due_at <= ?2 OR state = 'running' AND lease_until < ?2)
  ORDER BY due_at LIMIT ?4
)
RETURNING id, fence, attempts, order_id, payload ->> 'payment_token',
  payload ->> 'payments_before', correlation_id, created_at, due_at
"""
# A list of any length is one parameter, a text of JSON.
STILL_HELD: Final = """
SELECT id FROM tasks
WHERE (id, fence) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?)) AND state = 'running'
"""
EXTEND: Final = """
UPDATE tasks SET lease_until = ?2
WHERE (id, fence) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1)) AND state = 'running'
"""
ORDERS: Final = """
SELECT id, status, payment_status, currency, total_minor, version,
  cancellation_requested_at IS NOT NULL
FROM orders WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id
"""
WHAT_THEY_HAVE: Final = """
SELECT id,
  (SELECT coalesce(sum(quantity), 0) FROM order_items
   WHERE order_id = orders.id AND track_inventory),
  (SELECT coalesce(sum(quantity), 0) FROM reservations WHERE order_id = orders.id),
  (SELECT count(*) FROM payments WHERE order_id = orders.id)
FROM orders WHERE id IN (SELECT value FROM json_each(?))
"""
STILL_OPEN: Final = """
SELECT id FROM payment_operations
WHERE id IN (SELECT value FROM json_each(?)) AND state = 'sent' AND sends = 1
"""
ORDERS_MADE: Final = """
UPDATE orders SET status = ?2, payment_status = ?3, version = ?4, updated_at = ?5 WHERE id = ?1
"""
OPERATIONS: Final = """
UPDATE payment_operations
SET state = ?2, finished_at = ?3, due_at = ?4, first_sent_at = ?5, error_code = ?6 WHERE id = ?1
"""
PAYMENTS: Final = """
UPDATE payments SET status = ?2, authorised_minor = ?3, captured_minor = ?4,
  provider_payment_id = ?5, updated_at = ?6 WHERE id = ?1
"""
TASKS: Final = """
UPDATE tasks SET state = ?3, due_at = ?4, finished_at = ?5, lease_until = NULL, result = ?6,
  error = ?7 WHERE id = ?1 AND fence = ?2
"""


class SqliteProcessing:
    """One transaction, on a connection of aiosqlite. It is the only writer there is, so what it reads
    stays as it is; locks are for others."""

    def __init__(self, connection: Any, rows: ProcessingRows) -> None:
        self._connection = connection
        self._rows = rows

    async def begin(self) -> None:
        await self._connection.execute_fetchall("BEGIN IMMEDIATE")

    async def claim(
        self, name: str, *, now: datetime, lease_until: datetime, limit: int
    ) -> Sequence[Claim]:
        values = (name, self._rows.time(now), self._rows.time(lease_until), limit)
        return reading.claims(await self._connection.execute_fetchall(CLAIM, values), lease_until)

    async def still_held(self, claims: Collection[Claim]) -> set[str]:
        return {task_id for (task_id,) in await self._of(STILL_HELD, held(claims))}

    async def extend(self, claims: Collection[Claim], lease_until: datetime) -> None:
        values = (strict_json(held(claims)), self._rows.time(lease_until))
        await self._connection.execute_fetchall(EXTEND, values)

    async def orders(self, ids: Collection[int]) -> Mapping[int, PayableOrder]:
        return reading.orders(await self._of(ORDERS, ids))

    async def add_what_they_have(self, orders: Mapping[int, PayableOrder]) -> None:
        reading.add_what_they_have(orders, await self._of(WHAT_THEY_HAVE, orders))

    async def still_open(self, operation_ids: Collection[str]) -> set[str]:
        return {operation_id for (operation_id,) in await self._of(STILL_OPEN, operation_ids)}

    async def begin_payments(self, steps: Sequence[Step]) -> None:
        await insert_rows(self._connection, self._rows.begun(steps))
        await self._update(ORDERS_MADE, self._rows.of_orders(steps))

    async def record(self, recorded: Recorded) -> None:
        await self._update(OPERATIONS, self._rows.of_operations(recorded))
        await self._update(PAYMENTS, self._rows.of_payments(recorded))
        await self._update(ORDERS_MADE, self._rows.of_orders(recorded.steps))
        await insert_rows(self._connection, self._rows.events(recorded.steps))
        await self._update(TASKS, self._rows.of_tasks(recorded.ends))

    async def commit(self) -> None:
        await self._connection.execute_fetchall("COMMIT")

    async def roll_back(self) -> None:
        if self._connection.in_transaction:
            await self._connection.execute_fetchall("ROLLBACK")

    async def _of(self, statement: str, listed: Iterable[Any]) -> Any:
        return await self._connection.execute_fetchall(statement, (strict_json(list(listed)),))

    async def _update(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        if not rows:
            return
        cursor = await self._connection.executemany(statement, rows)
        changed: int = cursor.rowcount
        await cursor.close()
        if changed != len(rows):
            raise TransactionConflict("a row changed under its lock")
