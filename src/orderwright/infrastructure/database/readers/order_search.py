"""Which index a page of orders is read from. ADR 9 says why that is not left to the databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, select, true, union
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.interfaces.order_reader import OrderFilter, OrderSort
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.readers.order_cursor import (
    OrderCursor,
    order_by,
    sort_columns,
)
from orderwright.infrastructure.database.readers.order_filters import (
    InPassing,
    Narrowing,
    alternatives,
    where_it_begins,
    without_beginning,
)

# So many are sorted in a few milliseconds; where there are more, the next page of them is most often
# met soon on the way through an index that has all orders sorted.
FEW: Final = 5_000
# By how many times that: soon.
_SOON: Final = 2
# Where none are met soon, as of a product that is no longer sold, as many as these times are sorted:
# 100,000 take a fraction of a second. In steps, for what has many more is counted as far.
_STEPS: Final = (4, 20)

_orders: Final = tables.orders.c

Ids = Select[tuple[int]]


@dataclass(frozen=True, slots=True)
class OrderSearch:
    session: AsyncSession
    few: int = FEW

    async def page(
        self,
        narrowed: OrderFilter,
        sort: OrderSort,
        after: OrderCursor | None,
        *,
        skip: int,
        rows: int,
    ) -> Select[Any]:
        narrowed, after = _with_one_beginning(narrowed, sort, after)
        found = await alternatives(self.session, narrowed)
        if len(found) == 1:
            ids = await self._sorted(found[0], sort, after, skip + rows)
            return rows_of(ids.offset(skip).limit(rows), sort)
        # Of each alternative, as many as the page can take.
        heads = [
            (await self._sorted(each, sort, after, skip + rows)).limit(skip + rows)
            for each in found
        ]
        return rows_of(_union(heads), sort).offset(skip).limit(rows)

    async def count(self, narrowed: OrderFilter, at_most: int | None = None) -> int:
        found = await alternatives(self.session, narrowed)
        ids = _union([(await self._all(each)).limit(at_most) for each in found]).limit(at_most)
        return await self.session.scalar(select(func.count()).select_from(ids.subquery())) or 0

    async def _sorted(
        self, narrowings: Sequence[Narrowing], sort: OrderSort, after: OrderCursor | None, rows: int
    ) -> Ids:
        behind = _behind(after)
        if not narrowings or (len(narrowings) == 1 and sort in narrowings[0].sorts):
            return walked(narrowings, sort, behind)
        fewest = await self._fewest(narrowings, self.few)
        if fewest is None and not await self._are_met_soon(narrowings, sort, behind, rows):
            fewest = await self._fewest(narrowings, *(times * self.few for times in _STEPS))
        if fewest is None:
            return walked(narrowings, sort, behind)
        return _collected(fewest, narrowings, sort, after)

    async def _are_met_soon(
        self,
        narrowings: Sequence[Narrowing],
        sort: OrderSort,
        behind: ColumnElement[bool] | None,
        rows: int,
    ) -> bool:
        """As many as the page can take, among the next orders on the way."""
        met = _met(narrowings, sort, behind, within=_SOON * self.few).limit(rows)
        counted = select(func.count()).select_from(met.subquery())
        return await self.session.scalar(counted) == rows

    async def _all(self, narrowings: Sequence[Narrowing]) -> Ids:
        if not narrowings:
            return select(_orders.id)
        if len(narrowings) == 1:
            return narrowings[0].ids
        _, fewest = min(await self._counted(narrowings, self.few), key=itemgetter(0))
        return select(_orders.id).where(*_led_by([fewest], narrowings))

    async def _fewest(self, narrowings: Sequence[Narrowing], *limits: int) -> Narrowing | None:
        """The one with the fewest orders. None where each has more than the last limit."""
        for limit in limits:
            count, fewest = min(await self._counted(narrowings, limit), key=itemgetter(0))
            if count <= limit:
                return fewest
        return None

    async def _counted(
        self, narrowings: Sequence[Narrowing], at_most: int
    ) -> list[tuple[int, Narrowing]]:
        """How many orders each has, counted no further than to one more."""
        counts = [
            select(func.count()).select_from(each.ids.limit(at_most + 1).subquery())
            for each in narrowings
        ]
        found = select(*(each.scalar_subquery() for each in counts))
        row = (await self.session.execute(found)).one()
        return list(zip(row, narrowings, strict=True))


def _with_one_beginning(
    narrowed: OrderFilter, sort: OrderSort, after: OrderCursor | None
) -> tuple[OrderFilter, OrderCursor | None]:
    """Of two conditions where to begin, SQLite begins at any and rejects up to the other."""
    beginning = where_it_begins(narrowed, sort)
    if after is None or beginning is None:
        return narrowed, after
    if after.is_beyond(beginning):
        return without_beginning(narrowed, sort), after
    return narrowed, None


def _behind(after: OrderCursor | None) -> ColumnElement[bool] | None:
    return None if after is None else after.after()


def walked(
    narrowings: Sequence[Narrowing], sort: OrderSort, behind: ColumnElement[bool] | None
) -> Ids:
    """Along an index that has the order, until there are enough."""
    leading = _on_the_way(narrowings, sort)
    begins = [] if behind is None else [behind]
    return (
        select(_orders.id).where(*_led_by(leading, narrowings), *begins).order_by(*order_by(sort))
    )


def _met(
    narrowings: Sequence[Narrowing],
    sort: OrderSort,
    behind: ColumnElement[bool] | None,
    within: int,
) -> Select[Any]:
    """Those that fit, of the first so many on the same way; looked at one by one."""
    leading = _on_the_way(narrowings, sort)
    begins = [] if behind is None else [behind]
    fits = and_(true(), *(each.check for each in narrowings if each not in leading))
    way = (
        select(fits.label("fits"))
        .select_from(tables.orders)
        .where(*(each.leading for each in leading), *begins)
    )
    first = way.order_by(*order_by(sort)).limit(within).subquery()
    return select(first.c.fits).where(first.c.fits)


def _on_the_way(narrowings: Sequence[Narrowing], sort: OrderSort) -> list[Narrowing]:
    """What an index in this order leads to."""
    sorting = [each for each in narrowings if sort in each.sorts]
    return [*sorting[:1], *(each for each in sorting[1:] if each.is_range)]


def _collected(
    few: Narrowing, narrowings: Sequence[Narrowing], sort: OrderSort, after: OrderCursor | None
) -> Ids:
    """All there are, then sorted."""
    behind = [] if after is None else [InPassing(after.after())]
    columns = sort_columns(sort)
    collected = select(*columns).where(*_led_by([few], narrowings), *behind)
    found = collected.cte().prefix_with("MATERIALIZED")
    return select(found.c.id).order_by(*order_by(sort, found))


def _led_by(leading: Sequence[Narrowing], narrowings: Sequence[Narrowing]) -> list[Any]:
    return [each.leading if each in leading else each.check for each in narrowings]


def _union(lists: Sequence[Ids]) -> Any:
    # A compound's parts have no order and no limit of their own on SQLite, but subqueries may.
    parts = [select(each.subquery()) for each in lists]
    return parts[0] if len(parts) == 1 else union(*parts)


def rows_of(ids: Any, sort: OrderSort) -> Select[Any]:
    found = ids.subquery("found")
    page = select(tables.orders).join(found, found.c.id == _orders.id)
    return page.order_by(*order_by(sort))
