"""Orders at the command line: the demo shop, looked at and exported."""

import csv
import io
import json
from collections import defaultdict
from decimal import Decimal

import pytest

from orderwright.cli.exit_codes import ExitCode
from tests.integration.cli.conftest import CommandLine


def test_the_demo_shop_can_be_listed_read_exported_and_audited(orderwright: CommandLine) -> None:
    """One journey, because seeding takes longer than all that follows."""
    assert orderwright("demo", "seed", "--json").json == {
        "customers": 8,
        "products": 12,
        "orders": 25,
    }

    delivered = orderwright("orders", "list", "--status", "delivered", "--json").json
    assert len(delivered) == 8
    assert {order["status"] for order in delivered} == {"delivered"}

    first = orderwright("orders", "get", str(delivered[0]["id"]), "--json").json
    assert first == delivered[0]

    timeline = orderwright("orders", "timeline", str(first["id"]), "--json").json
    assert [entry["sequence"] for entry in timeline] == list(range(1, len(timeline) + 1))
    assert timeline[0]["event"] == "order.placed"
    assert "order.delivered" in {entry["event"] for entry in timeline}

    _check_export(orderwright)
    _check_processing(orderwright)

    audited = orderwright("audit", "--json").json
    assert audited["ok"] is True
    assert audited["violations"] == []


def _check_processing(orderwright: CommandLine) -> None:
    waiting = orderwright("orders", "list", "--status", "pending", "--json").json
    numbers = [order["id"] for order in waiting]
    processed = orderwright("orders", "process", *map(str, numbers), "--json").json

    assert [(each["order_id"], each["state"]) for each in processed] == [
        (number, "succeeded") for number in numbers
    ]
    assert orderwright("orders", "list", "--status", "pending", "--json").json == []
    assert orderwright("payments", "attention", "--json").json == []


def _check_export(orderwright: CommandLine) -> None:
    documents = [
        json.loads(line)
        for line in orderwright("orders", "export", "--format", "ndjson").out.splitlines()
    ]
    exported = orderwright("orders", "export")
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(exported.out, newline="")):
        sums[int(row["order"].rpartition(":")[2])] += Decimal(row["amount"])

    assert "25 orders written" in exported.err
    assert [order["id"] for order in documents] == sorted(sums)
    assert {order["id"]: Decimal(order["total"]) for order in documents} == sums


def test_exported_sales_can_be_imported_elsewhere(
    orderwright: CommandLine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    orderwright("demo", "seed")
    orderwright("orders", "export", "--output", "sales.csv")
    elsewhere = CommandLine(tmp_path_factory.mktemp("elsewhere"), {})

    file = str(orderwright.directory / "sales.csv")
    done = elsewhere("orders", "import", file, "--mapping", "orderwright", "--json").json

    # Two cancelled, three that nobody paid, one that the bank declined.
    assert done["documents"] == {"placed": 19, "skipped": 6, "rejected": 0, "total": 25}
    assert sales_of(elsewhere, "reference") == sales_of(orderwright, "id")
    assert elsewhere("audit", "--json").json["ok"] is True


def sales_of(orderwright: CommandLine, number: str) -> dict[str, object]:
    """What was sold, by the number that the export gives it."""
    paid = ("paid", "partially_refunded", "refunded")
    kept = ("total", "currency", "created_at", "shipping_address")
    items = ("sku", "name", "quantity", "unit_price", "line_total")
    return {
        str(order[number]): {name: order[name] for name in kept}
        | {"items": [{name: item[name] for name in items} for item in order["items"]]}
        for order in orderwright("orders", "list", "--limit", "100", "--json").json
        if order["payment_status"] in paid and order["status"] != "cancelled"
    }


def test_lists_go_on_where_they_ended(orderwright: CommandLine) -> None:
    orderwright("demo", "seed")
    seen: list[int] = []
    cursor: list[str] = []

    while True:
        ran = orderwright("orders", "list", "--limit", "10", "--sort", "id", "--json", *cursor)
        seen += [order["id"] for order in ran.json]
        if "--cursor" not in ran.err:
            break
        cursor = ["--cursor", ran.err.split()[-1]]

    assert seen == sorted(set(seen))
    assert len(seen) == 25


def test_an_order_that_does_not_exist_is_told_so(orderwright: CommandLine) -> None:
    for command in ("get", "timeline"):
        ran = orderwright("orders", command, "999", "--json")

        assert ran.exit_code == ExitCode.NOT_FOUND
        assert ran.out == ""
        assert json.loads(ran.err)["code"] == "order_not_found"


def test_an_export_to_a_place_that_is_not_there_is_told_in_a_sentence(
    orderwright: CommandLine,
) -> None:
    ran = orderwright("orders", "export", "--output", "nowhere/orders.csv")

    assert (ran.exit_code, ran.out) == (ExitCode.REFUSED, "")
    assert ran.err == "orderwright: cannot write nowhere/orders.csv: No such file or directory\n"
