"""Orders, in and out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orderwright.cli.output import Json, as_data, print_json, print_record, print_table, say
from orderwright.cli.plain_typer import group
from orderwright.cli.runtime import run
from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.interfaces.order_reader import OrderFilter, OrderSort

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orderwright.container import Container
    from orderwright.domain.interfaces.order_reader import OrderPage, OrderView
    from orderwright.domain.interfaces.readers import TimelineEntry

app = group("Look at orders, and move them in and out.")

OrderId = Annotated[int, typer.Argument(min=1, help="Number of the order.")]
Status = Annotated[OrderStatus | None, typer.Option(help="Only orders in this status.")]
Payment = Annotated[PaymentStatus | None, typer.Option(help="Only with this payment status.")]
Fulfilment = Annotated[FulfilmentStatus | None, typer.Option(help="Only with this one.")]
CustomerId = Annotated[int | None, typer.Option(min=1, help="Only of this customer.")]
Channel = Annotated[str | None, typer.Option(help="Only from this channel.")]
Query = Annotated[str | None, typer.Option("--q", help="Order id, reference, e-mail or SKU.")]
Sort = Annotated[OrderSort, typer.Option(help="Order of the list.")]
Limit = Annotated[int, typer.Option(min=1, max=100, help="How many at most.")]
Cursor = Annotated[str | None, typer.Option(help="Go on where the last list ended.")]


class ExportFormat(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"


@app.command("list")
def list_orders(
    *,
    status: Status = None,
    payment_status: Payment = None,
    fulfilment_status: Fulfilment = None,
    customer_id: CustomerId = None,
    channel: Channel = None,
    q: Query = None,
    sort: Sort = OrderSort.NEWEST,
    limit: Limit = 20,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List orders, newest first."""
    narrowed = OrderFilter(
        status=status,
        payment_status=payment_status,
        fulfilment_status=fulfilment_status,
        customer_id=customer_id,
        channel=channel,
        q=q,
    )
    page = run(lambda container: _page(container, narrowed, sort, limit, cursor))
    if as_json:
        print_json([as_data(order) for order in page.orders])
    else:
        _print_orders(page.orders)
    if page.next_cursor:
        say(f"More with --cursor {page.next_cursor}")


@app.command()
def get(order_id: OrderId, *, as_json: Json = False) -> None:
    """Show one order."""
    order = run(lambda container: _order(container, order_id))
    if as_json:
        print_json(as_data(order))
    else:
        _print_order(order)


@app.command()
def timeline(order_id: OrderId, *, as_json: Json = False) -> None:
    """Show everything that happened to an order, oldest first."""
    entries = run(lambda container: _timeline(container, order_id))
    if as_json:
        print_json([as_data(entry) for entry in entries])
    else:
        rows = [(e.sequence, e.occurred_at, e.event, e.actor, e.correlation_id) for e in entries]
        print_table(("NO", "WHEN", "EVENT", "WHO", "CORRELATION"), rows)


@app.command()
def process(
    order_ids: Annotated[list[int], typer.Argument(min=1, help="Numbers of the orders.")],
    *,
    as_json: Json = False,
) -> None:
    """Validate the stock of orders, take their payment and confirm them, now and here; whatever else
    waits to be processed is done with them."""
    from orderwright.cli.order_processing import process as process_orders

    tasks = run(lambda container: process_orders(container, order_ids))
    told = [
        {"order_id": task.order_id, "task_id": task.id, "state": str(task.state)}
        | {"result": task.result, "error": task.error}
        for task in tasks
    ]
    if as_json:
        print_json(told)
    else:
        rows = [(task.order_id, str(task.state), (task.error or {}).get("code")) for task in tasks]
        print_table(("ORDER", "TASK", "ERROR"), rows)


@app.command()
def export(
    *,
    to: Annotated[ExportFormat, typer.Option("--format", help="Rows or documents.")] = (
        ExportFormat.CSV
    ),
    output: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write here, not to standard output.")
    ] = None,
    status: Status = None,
    customer_id: CustomerId = None,
    channel: Channel = None,
) -> None:
    """Write orders as CSV (a row for each line and adjustment) or NDJSON, oldest first."""
    from orderwright.cli.order_export import export_orders

    narrowed = OrderFilter(status=status, customer_id=customer_id, channel=channel)
    written = run(lambda container: export_orders(container, narrowed, to.value, output))
    say(f"{written} orders written.")


@app.command("import")
def import_orders(
    files: Annotated[
        list[Path], typer.Argument(help="CSV files, plain or .gz, or folders of them.")
    ],
    *,
    mapping: Annotated[str, typer.Option(help="A ready mapping, or a TOML or YAML file.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do everything, tell the result, undo it.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write the rows that were not placed: .csv or .json.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Place past sales as orders; every row is placed, skipped or rejected with its reason.

    Again is the same as once, and after an interruption it goes on where it stopped.
    """
    from orderwright.cli.order_import import import_files, print_report

    done = run(
        lambda container: import_files(
            container, files, mapping_name=mapping, dry_run=dry_run, report=report
        )
    )
    if as_json:
        print_json(done)
    else:
        print_report(done)


async def _page(
    container: Container, narrowed: OrderFilter, sort: OrderSort, limit: int, cursor: str | None
) -> OrderPage:
    from orderwright.application.queries.list_orders import ListOrders, list_orders

    query = ListOrders(narrowed=narrowed, sort=sort, limit=limit, cursor=cursor)
    return await list_orders(query, container.order_reader())


async def _order(container: Container, order_id: int) -> OrderView:
    from orderwright.application.queries.get_order import get_order

    return await get_order(order_id, container.order_reader())


async def _timeline(container: Container, order_id: int) -> Sequence[TimelineEntry]:
    from orderwright.application.queries.order_details import of_existing_order

    reader = container.order_details_reader()
    return await of_existing_order(order_id, reader, reader.timeline)


def _print_orders(orders: Sequence[OrderView]) -> None:
    columns = ("id", "status", "payment_status", "fulfilment_status", "total", "currency")
    more = ("customer_id", "channel", "reference", "created_at")
    rows = [[data[column] for column in columns + more] for data in map(as_data, orders)]
    print_table([column.upper() for column in columns + more], rows)


def _print_order(order: OrderView) -> None:
    data = as_data(order)
    items, adjustments = data.pop("items"), data.pop("adjustments")
    print_record({name: value for name, value in data.items() if value not in (None, {})})
    columns = ("id", "sku", "name", "quantity", "unit_price", "line_total", "shipped", "returned")
    say("")
    print_table([name.upper() for name in columns], [[i[name] for name in columns] for i in items])
    for each in adjustments:
        print_record({f"{each['kind']} ({each['label']})": each["amount"]})
