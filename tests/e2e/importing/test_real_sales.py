"""A month of a real shop: every line is accounted for, to the last decimal."""

import csv
import gzip
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.importing.importer import Importer


def control_totals(file: Path) -> dict[str, object]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    return {
        "documents": len({row["InvoiceNo"] for row in rows}),
        "lines": len(rows),
        "units": sum(int(row["Quantity"]) for row in rows),
        "value": sum((int(r["Quantity"]) * Decimal(r["UnitPrice"]) for r in rows), Decimal()),
    }


async def test_every_line_of_a_real_month_is_accounted_for(
    sqlite_url: str, shared_data: Path, tmp_path: Path
) -> None:
    await _account_for_a_month(Importer(sqlite_url, tmp_path), shared_data)


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_every_line_of_a_real_month_is_accounted_for_on_postgresql(
    postgresql_url: str, shared_data: Path, tmp_path: Path
) -> None:
    await _account_for_a_month(Importer(postgresql_url, tmp_path), shared_data)


async def _account_for_a_month(importer: Importer, shared_data: Path) -> None:
    file = shared_data / "online-retail" / "2011-02.csv.gz"
    expected = control_totals(file)
    # Printed with the data by whoever published it.
    assert expected == {
        "documents": 1393,
        "lines": 27707,
        "units": 277989,
        "value": Decimal("498062.65"),
    }

    report = importer.run([file], "online-retail")

    for figure, total in expected.items():
        parts = report[figure]
        assert Decimal(parts["total"]) == total
        placed, skipped, rejected = (Decimal(parts[k]) for k in ("placed", "skipped", "rejected"))
        assert placed + skipped + rejected == total
    [month] = await importer.sales_by_month()
    assert (month.key, month.net_value) == ("2011-02", report["value"]["placed"])
    found = await importer.left_behind()
    assert found.violations == []


@pytest.mark.parametrize("port", ["sqlite-port", "postgres-port"])
async def test_both_ports_of_northwind_bring_the_same_money(
    port: str, database_url: str, shared_data: Path, tmp_path: Path
) -> None:
    importer = Importer(database_url, tmp_path)

    report = importer.run([shared_data / "northwind" / port], "northwind")

    assert (report["documents"]["placed"], report["lines"]["placed"]) == (830, 2155)
    # As published with the data: price times quantity less discount, before any rounding.
    assert report["value"]["placed"] == "1265793.0395"
    assert report["document_charges"]["placed"] == "64942.69"
    found = await importer.left_behind()
    assert len(found.orders) == 830
    assert found.violations == []
