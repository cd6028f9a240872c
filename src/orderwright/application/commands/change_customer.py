from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.customer import Customer
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCustomer:
    """`changes` holds only what the caller named, checked at the edge; None clears a field."""

    customer_id: int
    changes: Mapping[str, object]


async def change_customer(command: ChangeCustomer, uow: UnitOfWork, *, now: datetime) -> Customer:
    """Raises: CustomerNotFound, EmailTaken, ExternalRefTaken."""
    async with uow:
        customer = await uow.customers.get_by_id(command.customer_id)
        await uow.context.precondition.check(customer, uow)
        if command.changes:
            customer.change(command.changes, now)
        return await uow.commit(customer)
