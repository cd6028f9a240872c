"""Orders as files, streamed: memory does not grow with the number of orders."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from orderwright.application.queries.list_orders import LIMIT_MAX, ListOrders, list_orders
from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure
from orderwright.cli.order_rows import COLUMNS, ExportedOrder
from orderwright.cli.output import as_data, plain
from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.interfaces.order_reader import (
    OrderFilter,
    OrderReader,
    OrderSort,
    OrderView,
)

if TYPE_CHECKING:
    from datetime import datetime

    from orderwright.container import Container

Write = Callable[[OrderView], Awaitable[None]]


async def export_orders(
    container: Container, narrowed: OrderFilter, form: str, output: Path | None
) -> int:
    """Write every order that fits, and return how many those were."""
    written = 0
    with _opened(output) as file:
        write = CsvExport(container, file).write if form == "csv" else _ndjson(file)
        async for order in _all(container.order_reader(), narrowed):
            await write(order)
            written += 1
    return written


class CsvExport:
    def __init__(self, container: Container, file: TextIO) -> None:
        self._customers = container.catalogue_reader()
        self._details = container.order_details_reader()
        self._rows = csv.DictWriter(file, COLUMNS)
        self._rows.writeheader()

    async def write(self, order: OrderView) -> None:
        customer = await self._customers.customer(order.customer_id)
        exported = ExportedOrder(
            order=order,
            customer=(customer and customer.external_ref) or f"orderwright:{order.customer_id}",
            customer_name=customer.name if customer else "",
            shipped_at=await self._shipped_at(order),
        )
        self._rows.writerows(exported.rows())

    async def _shipped_at(self, order: OrderView) -> datetime | None:
        """When the last goods left; None while some are still here."""
        if order.fulfilment_status is not FulfilmentStatus.FULFILLED:
            return None
        return max(each.created_at for each in await self._details.shipments(order.id))


def _ndjson(file: TextIO) -> Write:
    """One JSON document a line, as the API shows orders."""

    async def write(order: OrderView) -> None:
        file.write(json.dumps(as_data(order), default=plain, ensure_ascii=False) + "\n")

    return write


async def _all(reader: OrderReader, narrowed: OrderFilter) -> AsyncIterator[OrderView]:
    query = ListOrders(narrowed=narrowed, sort=OrderSort.LOWEST_ID, limit=LIMIT_MAX)
    while True:
        page = await list_orders(query, reader)
        for order in page.orders:
            yield order
        if page.next_cursor is None:
            return
        query = replace(query, cursor=page.next_cursor)


def _opened(output: Path | None) -> AbstractContextManager[TextIO]:
    """Raises: Failure: there is no writing to that place."""
    if output is None:
        return nullcontext(sys.stdout)
    try:
        return output.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise Failure(
            f"cannot write {output}: {error.strerror}",
            code="cannot_write",
            exit_code=ExitCode.REFUSED,
        ) from None
