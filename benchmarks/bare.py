"""`python -m benchmarks.bare`: the reads of the service as fast as they can be written by hand.

Bare Starlette, raw asyncpg, JSON by the standard library. It authenticates nobody, checks nothing and
takes no snapshot; the three SELECTs are those of `SqlOrderReader`, and the answers are the same, byte
for byte, which the benchmark makes sure of.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped,unused-ignore]
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_COLUMNS: Final = (
    "id, customer_id, status, payment_status, fulfilment_status, currency, total_minor, channel,"
    " reference, notes, shipping_address, billing_address, metadata, cancellation_requested_at,"
    " cancellation_reason, created_at, updated_at, version"
)
_GET: Final = f"SELECT {_COLUMNS} FROM orders WHERE id = $1"  # noqa: S608 - constants of ours
_LIST: Final = f"SELECT {_COLUMNS} FROM orders ORDER BY created_at DESC, id DESC LIMIT $1"  # noqa: S608
_ITEMS: Final = """
SELECT order_id, id, product_id, sku, name, quantity, unit_price_ten_thousandths, line_total_minor,
       shipped, returned
FROM order_items WHERE order_id = ANY($1) ORDER BY id
"""
_ADJUSTMENTS: Final = """
SELECT order_id, kind, label, amount_minor FROM order_adjustments
WHERE order_id = ANY($1) ORDER BY position
"""
# As many connections as a process of the service keeps.
_CONNECTIONS: Final = 5

Row = Any


def app(dsn: str) -> Starlette:
    @asynccontextmanager
    async def lifespan(application: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(
            dsn, min_size=_CONNECTIONS, max_size=_CONNECTIONS
        ) as application.state.pool:
            yield

    routes = [Route("/api/v1/orders", _list), Route("/api/v1/orders/{id:int}", _get)]
    return Starlette(routes=routes, lifespan=lifespan)


async def _get(request: Request) -> Response:
    found = await _read(request, _GET, request.path_params["id"])
    return _json(found[0]) if found else Response(status_code=404)


async def _list(request: Request) -> Response:
    return _json(await _read(request, _LIST, int(request.query_params["limit"])))


async def _read(request: Request, orders: str, argument: int) -> list[dict[str, Any]]:
    async with request.app.state.pool.acquire() as connection:
        rows = await connection.fetch(orders, argument)
        ids = [row["id"] for row in rows]
        items = _by_order(await connection.fetch(_ITEMS, ids))
        adjustments = _by_order(await connection.fetch(_ADJUSTMENTS, ids))
    return [_order(row, items[row["id"]], adjustments[row["id"]]) for row in rows]


def _by_order(rows: Sequence[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["order_id"]].append(row)
    return grouped


def _order(row: Row, items: Sequence[Row], adjustments: Sequence[Row]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "status": row["status"],
        "payment_status": row["payment_status"],
        "fulfilment_status": row["fulfilment_status"],
        "total": _minor(row["total_minor"]),
        "currency": row["currency"],
        "customer_id": row["customer_id"],
        "channel": row["channel"],
        "reference": row["reference"],
        "notes": row["notes"],
        "items": [_item(each) for each in items],
        "adjustments": [
            {"kind": each["kind"], "label": each["label"], "amount": _minor(each["amount_minor"])}
            for each in adjustments
        ],
        "shipping_address": _parsed(row["shipping_address"]),
        "billing_address": _parsed(row["billing_address"]),
        "metadata": _parsed(row["metadata"]),
        "cancellation_requested_at": _time(row["cancellation_requested_at"]),
        "cancellation_reason": row["cancellation_reason"],
        "created_at": _time(row["created_at"]),
        "updated_at": _time(row["updated_at"]),
        "version": row["version"],
    }


def _item(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "product_id": row["product_id"],
        "sku": row["sku"],
        "name": row["name"],
        "quantity": row["quantity"],
        "unit_price": _minor(row["unit_price_ten_thousandths"] // 100),
        "line_total": _minor(row["line_total_minor"]),
        "shipped": row["shipped"],
        "returned": row["returned"],
    }


def _minor(amount: int) -> str:
    """Everything that the benchmark sells is priced in whole pence."""
    return f"{amount // 100}.{amount % 100:02d}"


def _parsed(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _json(answer: object) -> Response:
    text = json.dumps(answer, separators=(",", ":"), ensure_ascii=False)
    return Response(text, media_type="application/json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dsn")
    parser.add_argument("port", type=int)
    chosen = parser.parse_args()
    uvicorn.run(app(chosen.dsn), port=chosen.port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
