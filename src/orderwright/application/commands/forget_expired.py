from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWork, UnitOfWorkFactory

Forget = Callable[[UnitOfWork], Awaitable[int]]

# A transaction of so many rows is over before anybody notices that it was there.
BATCH: Final = 1_000
# Gateways tell of an event again for days, and nobody knows of one that does for a month.
GATEWAY_EVENTS: Final = timedelta(days=30)
WEBHOOK_DELIVERIES: Final = timedelta(days=30)
TASKS: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetExpired:
    """How long what is kept for a while is kept. What carries its own end needs no number here."""

    idempotency_keys: timedelta
    gateway_events: timedelta = GATEWAY_EVENTS
    webhook_deliveries: timedelta = WEBHOOK_DELIVERIES
    tasks: timedelta = TASKS
    batch: int = BATCH


async def forget_expired(command: ForgetExpired, units: UnitOfWorkFactory, *, now: datetime) -> int:
    """Delete what has served its time, a batch a transaction; how many rows went.

    Several processes may do so at once: what one has in hand, the others leave to it.
    """
    keys_before = now - command.idempotency_keys
    events_before = now - command.gateway_events
    deliveries_before = now - command.webhook_deliveries
    tasks_before = now - command.tasks
    kinds: list[Forget] = [
        lambda uow: uow.idempotency_keys.forget(keys_before, limit=command.batch),
        lambda uow: uow.gateway_events.forget(events_before, limit=command.batch),
        lambda uow: uow.webhook_deliveries.forget(deliveries_before, limit=command.batch),
        lambda uow: uow.tasks.forget(tasks_before, limit=command.batch),
        lambda uow: uow.refresh_tokens.forget_expired(now, limit=command.batch),
        lambda uow: uow.sign_in_tallies.forget_expired(now, limit=command.batch),
    ]
    return sum([await _forget_all(forget, units, command.batch) for forget in kinds])


async def _forget_all(forget: Forget, units: UnitOfWorkFactory, batch: int) -> int:
    gone = 0
    while True:
        async with units(RequestContext()) as uow:
            now_gone = await forget(uow)
            await uow.commit()
        gone += now_gone
        if now_gone < batch:
            return gone
