from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryEvent:
    consumer: str
    event_id: int


async def retry_event(command: RetryEvent, uow: UnitOfWork, *, now: datetime) -> None:
    """Offer a dead event to its consumer again, as often as a new one.

    Raises: DeadEventNotFound.
    """
    async with uow:
        await uow.event_delivery.try_again(command.consumer, command.event_id, now=now)
        await uow.commit()
