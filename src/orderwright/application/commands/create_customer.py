from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from orderwright.domain.entities.customer import Customer
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCustomer:
    name: str
    email: str | None = None
    external_ref: str | None = None
    metadata: dict[str, object] = field(default_factory=dict)


async def create_customer(command: CreateCustomer, uow: UnitOfWork, *, now: datetime) -> Customer:
    """Raises: EmailTaken, ExternalRefTaken."""
    async with uow:
        customer = Customer.create(
            name=command.name,
            email=command.email,
            external_ref=command.external_ref,
            metadata=command.metadata,
            now=now,
        )
        await uow.customers.add(customer)
        return await uow.commit(customer)
