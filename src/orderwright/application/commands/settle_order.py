"""Finish what a refund or a cancellation began, should the process that began it have died."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from orderwright.domain.entities.order import Order
from orderwright.domain.entities.task import Task
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.unit_of_work import UnitOfWork

SETTLE_ORDER: Final = "settle_order"
# The request itself settles at once; this one looks after it when a request's time is surely over.
_AFTER: Final = timedelta(seconds=15)


def settling_task(order: Order, uow: UnitOfWork, ids: Ids, now: datetime) -> Task:
    """One for each act, without a `dedupe_key`: a task that runs already may have looked before the
    act planned anything, and one that waits for another try may be on its last."""
    return Task(
        id=ids.new_id(),
        name=SETTLE_ORDER,
        payload={"order_id": order.id},
        order_id=order.id,
        correlation_id=uow.context.correlation_id,
        created_at=now,
        due_at=now + _AFTER,
    )
