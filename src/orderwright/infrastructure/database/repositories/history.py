from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.customer import Customer
from orderwright.domain.entities.imported_document import ImportedDocument, ImportOutcome
from orderwright.domain.entities.past_sale import PastSale
from orderwright.domain.entities.product import Product
from orderwright.domain.interfaces.history import KnownProduct, ReturnableLine
from orderwright.infrastructure.database import tables, tables_work
from orderwright.infrastructure.database.bulk.event_rows import By, unwritten_events
from orderwright.infrastructure.database.bulk.past_sale_rows import PastSaleRows
from orderwright.infrastructure.database.bulk.rows_of import RowsOf, Values
from orderwright.infrastructure.database.bulk.sheet import Row
from orderwright.infrastructure.database.bulk.trouble import driver_errors_in_domain_words
from orderwright.infrastructure.database.bulk.writing import RowsByTable, write_rows
from orderwright.infrastructure.database.repositories.returnable import (
    returnable_line,
    returnable_lines,
)
from orderwright.infrastructure.database.row_ids import next_ids

_customers = tables.customers.c
_products = tables.products.c
_documents = tables_work.imported_documents

_rows_of = lru_cache(RowsOf)
_past_sale_rows = lru_cache(PastSaleRows)


class SqlHistory:
    """Reads and writes around the ORM, in the session's transaction."""

    def __init__(self, session: AsyncSession, by: By) -> None:
        self._session = session
        self._by = by

    async def customer_ids(self, external_refs: Collection[str]) -> dict[str, int]:
        wanted = _customers.external_ref.in_(external_refs)
        query = select(_customers.external_ref, _customers.id).where(wanted)
        found = await self._session.execute(query)
        return {ref: customer_id for ref, customer_id in found.all() if ref is not None}

    async def products(self, skus: Collection[str]) -> Sequence[KnownProduct]:
        query = select(
            _products.id,
            _products.sku,
            _products.name,
            _products.currency,
            _products.track_inventory,
        ).where(_products.sku.in_(skus))
        return [KnownProduct(*row) for row in await self._session.execute(query)]

    async def add_customers(self, customers: Sequence[Customer]) -> None:
        await self._add(tables.customers, customers)

    async def add_products(self, products: Sequence[Product]) -> None:
        await self._add(tables.products, products)

    async def order_ids(self, count: int) -> Sequence[int]:
        return await next_ids(self._session, tables.orders, count)

    async def add_sales(self, sales: Sequence[PastSale]) -> None:
        await self._write(_past_sale_rows(self._dialect).of(sales, self._by))

    async def returnable_lines(
        self, customer_ids: Collection[int], product_ids: Collection[int], *, channel: str
    ) -> Sequence[ReturnableLine]:
        query = returnable_lines(customer_ids, product_ids, channel)
        return [returnable_line(row) for row in await self._session.execute(query)]

    async def documents(
        self, channel: str, references: Collection[str]
    ) -> dict[str, ImportedDocument]:
        columns = _documents.c
        found = await self._session.execute(
            select(_documents).where(columns.channel == channel, columns.reference.in_(references))
        )
        return {row["reference"]: _document(row) for row in found.mappings()}

    async def taken_references(self, channel: str, references: Collection[str]) -> set[str]:
        orders = tables.orders.c
        found = await self._session.scalars(
            select(orders.reference).where(
                orders.channel == channel, orders.reference.in_(references)
            )
        )
        return set(found)

    async def keep_documents(self, documents: Sequence[ImportedDocument]) -> None:
        await self._write([self._of(_documents, map(_document_values, documents))])

    async def forget_documents(self, channel: str, references: Collection[str]) -> None:
        columns = _documents.c
        await self._session.execute(
            delete(_documents).where(
                columns.channel == channel,
                columns.reference.in_(references),
                columns.outcome != ImportOutcome.PLACED,
            )
        )

    async def _add(self, table: Table, made: Sequence[Customer | Product]) -> None:
        ids = await next_ids(self._session, table, len(made))
        for each, number in zip(made, ids, strict=True):
            each.id = number
        events = (row for each in made for row in unwritten_events(each, self._by))
        await self._write([self._of(table, map(vars, made)), self._of(tables.events, events)])

    @property
    def _dialect(self) -> Dialect:
        return self._session.get_bind().dialect

    def _of(self, table: Table, values: Iterable[Values]) -> tuple[RowsOf, list[Row]]:
        rows = _rows_of(table, self._dialect)
        return rows, rows(values)

    async def _write(self, rows_by_table: RowsByTable) -> None:
        with driver_errors_in_domain_words():
            await write_rows(await self._session.connection(), rows_by_table)


def _document(row: Any) -> ImportedDocument:
    verdicts = tuple((code, sentence) for code, sentence in row["verdicts"])
    return ImportedDocument(**{**row, "verdicts": verdicts})


def _document_values(document: ImportedDocument) -> Values:
    return {
        "channel": document.channel,
        "reference": document.reference,
        "fingerprint": document.fingerprint,
        "outcome": document.outcome,
        "verdicts": document.verdicts,
        "decided_at": document.decided_at,
    }
