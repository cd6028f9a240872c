from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.interfaces.sales import (
    ROWS_MAX,
    ReportTooLong,
    SalesGroup,
    SalesQuestion,
    SalesRow,
)
from orderwright.domain.value_objects.currency import Currency
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.reading import Reading
from orderwright.infrastructure.database.readers.sales_sources import Sources, sources_of

# A statement over so many takes some tenths of a second, far below its time limit.
ORDERS_AT_ONCE: Final = 20_000
# Each may take a core of the database's machine for seconds.
REPORTS_AT_ONCE: Final = 2
_LABELS_AT_ONCE: Final = 500

_orders: Final = tables.orders.c
_LABELS: Final = {
    SalesGroup.PRODUCT: (tables.products.c.id, tables.products.c.sku),
    SalesGroup.CUSTOMER: (tables.customers.c.id, tables.customers.c.name),
}
_Group = tuple[Any, Currency]


class SqlSalesReader(Reading):
    """The database adds up, a stretch of time with so many orders in each statement, all in one
    snapshot: no statement grows with the report, and no rows but sums leave the database."""

    def __init__(
        self,
        database: Database,
        *,
        orders_at_once: int = ORDERS_AT_ONCE,
        rows_max: int = ROWS_MAX,
    ) -> None:
        super().__init__(database)
        self._dialect = database.dialect
        self._orders_at_once = orders_at_once
        self._rows_max = rows_max
        self._turn = asyncio.Semaphore(REPORTS_AT_ONCE)

    async def sales(self, question: SalesQuestion) -> Sequence[SalesRow]:
        sources = sources_of(question.group_by, self._dialect)
        sums = _Sums(self._rows_max)
        async with self._turn, self._session() as session:
            async for since, until in self._stretches(session, question):
                window = {"since": since, "until": until}
                await _add_up(sums, sources, session, window)
            labels = await _labels(session, question.group_by, sums.keys())
        return list(sums.rows(labels))

    async def has_more_than(self, orders: int, question: SalesQuestion) -> bool:
        async with self._session() as session:
            after = await session.scalar(_order_after(question.since, orders, question.until))
        return after is not None

    async def _stretches(
        self, session: AsyncSession, question: SalesQuestion
    ) -> AsyncIterator[tuple[datetime, datetime]]:
        since = question.since
        while since < question.until:
            ending = await session.scalar(_order_after(since, self._orders_at_once, question.until))
            until: datetime = ending or question.until
            yield since, until
            since = until


def _order_after(since: datetime, orders: int, until: datetime) -> Select[datetime]:
    return (
        select(_orders.created_at)
        .where(_orders.created_at > since, _orders.created_at < until)
        .order_by(_orders.created_at)
        .offset(orders)
        .limit(1)
    )


async def _add_up(
    sums: _Sums, sources: Sources, session: AsyncSession, window: dict[str, datetime]
) -> None:
    async def rows(question: Select[Any]) -> Sequence[Row[Any, Currency, int, int]]:
        found: Sequence[Row[Any, Currency, int, int]]
        found = (await session.execute(question, window)).all()
        return found

    for source in (sources.lines, sources.adjustments):
        for key, currency, units, minor in await rows(source):
            sums.add(key, currency, sold=units, sales=minor)
    for source in (sources.returned, sources.refunds):
        for key, currency, units, minor in await rows(source):
            sums.add(key, currency, returned=units, refunds=minor)
    if sources.refunded_lines is not None:
        for key, currency, _, minor in await rows(sources.refunded_lines):
            sums.add(key, currency, refunds=minor)
            sums.add(None, currency, refunds=-minor)


async def _labels(
    session: AsyncSession, group_by: SalesGroup, keys: Iterable[Any]
) -> dict[Any, str]:
    if group_by not in _LABELS:
        return {}
    id_, label = _LABELS[group_by]
    labels: dict[Any, str] = {}
    rest = iter(keys)
    while some := list(islice(rest, _LABELS_AT_ONCE)):
        found = await session.execute(select(id_, label).where(id_.in_(some)))
        labels |= {row[0]: row[1] for row in found}
    return labels


class _Sums:
    def __init__(self, rows_max: int) -> None:
        self._rows_max = rows_max
        self._sums: dict[_Group, list[int]] = {}

    def add(
        self,
        key: Any,
        currency: Currency,
        *,
        sold: int = 0,
        returned: int = 0,
        sales: int = 0,
        refunds: int = 0,
    ) -> None:
        so_far = self._sums.setdefault((key, currency), [0, 0, 0, 0])
        for place, more in enumerate((sold, returned, sales, refunds)):
            so_far[place] += more
        if len(self._sums) > self._rows_max:
            raise ReportTooLong(
                f"the report has more than {self._rows_max} rows: ask for less time or larger groups",
                rows_max=self._rows_max,
            )

    def keys(self) -> list[Any]:
        return list(dict.fromkeys(key for key, _ in self._sums if key is not None))

    def rows(self, labels: dict[Any, str]) -> Iterator[SalesRow]:
        for (key, currency), sums in sorted(self._sums.items(), key=_order):
            if any(sums):
                sold, returned, sales, refunds = sums
                yield SalesRow(
                    key=None if key is None else str(key),
                    label=labels.get(key),
                    currency=currency,
                    units_sold=sold,
                    units_returned=returned,
                    sales_minor=sales,
                    refunds_minor=refunds,
                )


def _order(entry: tuple[_Group, list[int]]) -> tuple[bool, Any, str]:
    (key, currency), _ = entry
    return key is None, 0 if key is None else key, currency.code
