"""What the processing of groups of orders needs of the database: short transactions of a handful of
set-wise statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from orderwright.domain.entities.payable_order import FirstPayment, PayableOrder
from orderwright.domain.entities.task import TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A task to process one order, taken under a lease. `fence` is of this claim alone."""

    task_id: str
    fence: int
    attempts: int
    order_id: int
    token: str | None
    payments_before: int
    correlation_id: str | None
    created_at: datetime
    due_at: datetime
    lease_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEnd:
    """What becomes of a claimed task; with QUEUED it is run again when it is due."""

    task_id: str
    fence: int
    state: TaskState
    due_at: datetime
    finished_at: datetime | None
    result: dict[str, object] | None = None
    error: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An order with the payment that moved it on, under which correlation id."""

    order: PayableOrder
    payment: FirstPayment
    correlation_id: str | None


@dataclass(slots=True)
class Recorded:
    """What one group writes when its outcomes are there."""

    steps: list[Step] = field(default_factory=list)
    ends: list[TaskEnd] = field(default_factory=list)


class ProcessingTransaction(Protocol):
    """Each method is one statement, or one per kind of row."""

    async def claim(
        self, name: str, *, now: datetime, lease_until: datetime, limit: int
    ) -> Sequence[Claim]:
        """Due tasks of that name and those whose lease ran out, up to `limit`; the attempt is
        counted. No two get the same one."""
        ...

    async def still_held(self, claims: Collection[Claim]) -> set[str]:
        """The ids of the tasks that nobody has claimed since, locked: a worker that slept over its
        lease holds none."""
        ...

    async def extend(self, claims: Collection[Claim], lease_until: datetime) -> None: ...

    async def orders(self, ids: Collection[int]) -> Mapping[int, PayableOrder]:
        """Locked, without their units and payments; those that somebody else has locked are left
        out, so nobody is waited for."""
        ...

    async def add_what_they_have(self, orders: Mapping[int, PayableOrder]) -> None:
        """Their units and how many payments they have, asked after they were locked."""
        ...

    async def still_open(self, operation_ids: Collection[str]) -> set[str]:
        """Those that were sent once and have no outcome yet."""
        ...

    async def begin_payments(self, steps: Sequence[Step]) -> None:
        """Write new payments, their operations as sent, and the orders' events."""
        ...

    async def record(self, recorded: Recorded) -> None:
        """Write outcomes, orders, their events, and what became of the tasks."""
        ...

    async def commit(self) -> None: ...


class ProcessingStore(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[ProcessingTransaction]:
        """Undone on leaving unless committed.

        Raises: TransactionConflict, DatabaseBusy, DatabaseUnavailable; also from within.
        """
        ...
