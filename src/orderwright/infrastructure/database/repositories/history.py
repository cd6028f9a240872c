from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.imported_document import (
    ImportedDocument,
    ImportOutcome,
)
from orderwright.domain.entities.order_parts import OrderItem
from orderwright.domain.entities.reservation import ReservationState
from orderwright.domain.interfaces.history import PastSale, ReturnableLine
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.bulk_rows import row_of
from orderwright.infrastructure.database.repositories.returnable import (
    returnable_line,
    returnable_lines,
)
from orderwright.infrastructure.database.repositories.stock import SqlStock
from orderwright.infrastructure.database.row_ids import next_ids

_documents = tables.imported_documents


class SqlHistory:
    """Writes past sales around the ORM. `touched` is where the unit of work looks for events."""

    def __init__(
        self, session: AsyncSession, stock: SqlStock, actor: str, touched: dict[int, Any]
    ) -> None:
        self._session = session
        self._stock = stock
        self._actor = actor
        self._touched = touched

    async def order_ids(self, count: int) -> Sequence[int]:
        return await next_ids(self._session, tables.orders, count)

    async def add_sales(self, sales: Sequence[PastSale]) -> None:
        await self._session.flush()  # customers, products and levels that the rows point at
        await self._add_orders(sales)
        await self._add_payments(sales)
        await self._add_shipments(sales)
        await self._add_stock(sales)
        self._touched |= {id(sale.order): sale.order for sale in sales}

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
        await self._insert(_documents, map(_document_row, documents))

    async def forget_documents(self, channel: str, references: Collection[str]) -> None:
        columns = _documents.c
        await self._session.execute(
            delete(_documents).where(
                columns.channel == channel,
                columns.reference.in_(references),
                columns.outcome != ImportOutcome.PLACED,
            )
        )

    async def _add_orders(self, sales: Sequence[PastSale]) -> None:
        orders = [sale.order for sale in sales]
        await self._insert(tables.orders, map(row_of, orders))
        items = (row_of(item, order_id=order.id) for order in orders for item in order.items)
        await self._insert(tables.order_items, items)
        adjustments = (
            row_of(adjustment, order_id=order.id)
            for order in orders
            for adjustment in order.adjustments
        )
        await self._insert(tables.order_adjustments, adjustments)

    async def _add_payments(self, sales: Sequence[PastSale]) -> None:
        payments = [sale.payment for sale in sales if sale.payment is not None]
        await self._insert(tables.payments, map(row_of, payments))
        operations = (row_of(each) for payment in payments for each in payment.operations)
        await self._insert(tables.payment_operations, operations)

    async def _add_shipments(self, sales: Sequence[PastSale]) -> None:
        shipments = [sale.shipment for sale in sales if sale.shipment is not None]
        await self._insert(tables.shipments, map(row_of, shipments))
        lines = (
            row_of(line, shipment_id=shipment.id)
            for shipment in shipments
            for line in shipment.items
        )
        await self._insert(tables.shipment_items, lines)

    async def _add_stock(self, sales: Sequence[PastSale]) -> None:
        held = (
            _reservation_row(sale, item)
            for sale in sales
            for item in sale.order.items
            if item.track_inventory and item.unshipped
        )
        await self._insert(tables.reservations, held)
        moved = [movement for sale in sales for movement in sale.movements]
        await self._stock.write_movements(moved, self._actor)

    async def _insert(self, table: Table, rows: Iterable[dict[str, Any]]) -> None:
        if listed := list(rows):
            await self._session.execute(insert(table), listed)


def _reservation_row(sale: PastSale, item: OrderItem) -> dict[str, Any]:
    return {
        "order_id": sale.order.id,
        "item_id": item.id,
        "location_id": sale.location_id,
        "product_id": item.product_id,
        "quantity": item.unshipped,
        "state": ReservationState.ACTIVE,
    }


def _document(row: Any) -> ImportedDocument:
    verdicts = tuple((code, sentence) for code, sentence in row["verdicts"])
    return ImportedDocument(**{**row, "verdicts": verdicts})


def _document_row(document: ImportedDocument) -> dict[str, Any]:
    return {column.name: getattr(document, column.name) for column in _documents.columns} | {
        "verdicts": [list(verdict) for verdict in document.verdicts]
    }
