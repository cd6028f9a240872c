"""Orders as files, streamed: memory does not grow with the number of orders."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from orderwright.application.queries.list_orders import LIMIT_MAX, ListOrders, list_orders
from orderwright.cli.output import as_data, plain
from orderwright.domain.interfaces.order_reader import (
    OrderFilter,
    OrderReader,
    OrderSort,
    OrderView,
)

if TYPE_CHECKING:
    from orderwright.container import Container

COLUMNS = (
    "order_id",
    "channel",
    "reference",
    "status",
    "payment_status",
    "fulfilment_status",
    "customer_id",
    "created_at",
    "currency",
    "kind",
    "number",
    "product_id",
    "sku",
    "name",
    "quantity",
    "unit_price",
    "amount",
)
# What spreadsheets take for the start of a formula, in cells that customers fill.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")
_FREE_TEXT = ("channel", "reference", "sku", "name")

Write = Callable[[OrderView], None]


async def export_orders(
    container: Container, narrowed: OrderFilter, form: str, output: Path | None
) -> int:
    """Write every order that fits, and return how many those were."""
    written = 0
    with _opened(output) as file:
        write = csv_writer(file) if form == "csv" else ndjson_writer(file)
        async for order in _all(container.order_reader(), narrowed):
            write(order)
            written += 1
    return written


def csv_writer(file: TextIO) -> Write:
    """One row for each line and each adjustment; the amounts of an order sum to its total."""
    rows = csv.DictWriter(file, COLUMNS)
    rows.writeheader()
    return lambda order: rows.writerows(_rows(order))


def ndjson_writer(file: TextIO) -> Write:
    """One JSON document a line, as the API shows orders."""

    def write(order: OrderView) -> None:
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


def _rows(order: OrderView) -> Iterator[dict[str, Any]]:
    data = as_data(order)
    shared = {name: data.get(name) for name in COLUMNS} | {
        "order_id": order.id,
        "created_at": plain(order.created_at),
    }
    for item in data["items"]:
        yield _safe(shared | _line(item))
    for number, each in enumerate(data["adjustments"], start=1):
        beside = {"kind": each["kind"], "number": number, "name": each["label"]}
        yield _safe(shared | beside | {"amount": each["amount"]})


def _line(item: dict[str, Any]) -> dict[str, Any]:
    names = ("product_id", "sku", "name", "quantity", "unit_price")
    copied = {name: item[name] for name in names}
    return copied | {"kind": "line", "number": item["id"], "amount": item["line_total"]}


def _safe(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: _not_a_formula(row[name]) for name in _FREE_TEXT}


def _not_a_formula(text: str | None) -> str | None:
    return f"'{text}" if text and text.startswith(_FORMULA) else text


def _opened(output: Path | None) -> AbstractContextManager[TextIO]:
    if output is None:
        return nullcontext(sys.stdout)
    return output.open("w", encoding="utf-8", newline="")
