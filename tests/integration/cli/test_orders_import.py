"""Import at the command line; what becomes of every row is tested where the import lives."""

import json
from pathlib import Path

import pytest

from orderwright.cli.exit_codes import ExitCode
from tests.integration.cli.conftest import CommandLine

SALES = """\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1001,TEAPOT,Teapot,2,2011-01-04 10:00:00,12.50,17850,United Kingdom
1001,POST,POSTAGE,1,2011-01-04 10:00:00,3.95,17850,United Kingdom
1002,CUP,Cup,six,2011-01-05 11:30:00,1.25,17850,United Kingdom
"""


@pytest.fixture
def sales(tmp_path: Path) -> str:
    file = tmp_path / "sales.csv"
    file.write_text(SALES)
    return str(file)


def test_every_row_is_accounted_for_and_again_is_the_same_as_once(
    sales: str, orderwright: CommandLine
) -> None:
    command = ("orders", "import", sales, "--mapping", "online-retail", "--json")

    first = orderwright(*command, "--report", "unplaced.csv").json
    second = orderwright(*command).json

    assert first["documents"] == {"placed": 1, "skipped": 0, "rejected": 1, "total": 2}
    assert first["lines"] == {"placed": 2, "skipped": 0, "rejected": 1, "total": 3}
    assert first["value"]["placed"] == "28.95"
    assert second["documents"]["placed"] == 0
    (order,) = orderwright("orders", "list", "--json").json
    assert (order["channel"], order["reference"], order["total"]) == ("import", "1001", "28.95")
    unplaced = (orderwright.directory / "unplaced.csv").read_text().splitlines()
    assert len(unplaced) == 2
    assert "1002" in unplaced[1]


def test_a_dry_run_tells_the_same_and_keeps_nothing(sales: str, orderwright: CommandLine) -> None:
    command = ("orders", "import", sales, "--mapping", "online-retail", "--json")

    rehearsed = orderwright(*command, "--dry-run").json

    assert rehearsed["dry_run"] is True
    assert orderwright("orders", "list", "--json").json == []
    assert orderwright(*command).json == rehearsed | {"dry_run": False}


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (("sales.csv", "--mapping", "unheard-of"), ExitCode.NOT_FOUND, "unknown_mapping"),
        (("missing.csv", "--mapping", "online-retail"), ExitCode.REFUSED, "missing_file"),
        (("sales.csv", "--mapping", "northwind"), ExitCode.REFUSED, "missing_file"),
    ],
)
def test_files_that_cannot_be_imported_are_refused(
    arguments: tuple[str, ...],
    exit_code: ExitCode,
    code: str,
    sales: str,
    on_empty_desk: CommandLine,
) -> None:
    ran = on_empty_desk("orders", "import", *arguments, "--json")

    assert ran.exit_code == exit_code
    assert json.loads(ran.err)["code"] == code
