from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwright.domain.entities.location import Location
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateLocation:
    name: str


async def create_location(command: CreateLocation, uow: UnitOfWork, *, now: datetime) -> Location:
    """Raises: LocationNameTaken."""
    async with uow:
        location = Location.create(name=command.name, now=now)
        await uow.locations.add(location)
        return await uow.commit(location)
