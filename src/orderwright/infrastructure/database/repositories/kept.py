from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import ForUpdateArg

from orderwright.domain.errors import NotFound

Entity = TypeVar("Entity")
Id = TypeVar("Id", int, str)


# FOR NO KEY UPDATE: nothing here changes its id, and a full FOR UPDATE would stand in the way of the
# foreign key checks of every row that refers to this one, which is how deadlocks are made.
FOR_CHANGE: Final = ForUpdateArg(key_share=True)


class Kept(Generic[Entity, Id]):
    """What every SQL repository does alike: add, and get one locked and whole."""

    def __init__(
        self, session: AsyncSession, entity: type[Entity], missing: type[NotFound]
    ) -> None:
        self._session = session
        self._entity = entity
        self._missing = missing

    async def add(self, entity: Entity) -> None:
        # What it refers to goes first: without a relationship, a flush has no order of its own.
        await self._session.flush()
        self._session.add(entity)
        await self._session.flush()

    async def add_all(self, entities: Sequence[Entity]) -> None:
        await self._session.flush()
        self._session.add_all(entities)
        await self._session.flush()

    async def get_by_id(self, entity_id: Id) -> Entity:
        # populate_existing: after the wait for the lock, what an earlier read saw may be stale; what
        # this unit of work itself changed is written first and so read back.
        await self._session.flush()
        found = await self._session.get(
            self._entity, entity_id, with_for_update=FOR_CHANGE, populate_existing=True
        )
        if found is None:
            raise self._missing(f"no {self._entity.__name__.lower()} has this id")
        return found

    async def _locked(
        self, where: ColumnElement[bool], *order_by: ColumnElement[Any]
    ) -> Sequence[Entity]:
        await self._session.flush()
        found = await self._session.scalars(
            select(self._entity)
            .where(where)
            .order_by(*order_by)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        return found.all()

    async def _all(
        self, where: ColumnElement[bool], *order_by: ColumnElement[Any]
    ) -> Sequence[Entity]:
        found = await self._session.scalars(select(self._entity).where(where).order_by(*order_by))
        return found.all()

    async def _first(self, where: ColumnElement[bool]) -> Entity | None:
        found: Entity | None = await self._session.scalar(select(self._entity).where(where))
        return found
