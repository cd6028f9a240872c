"""The import as an operator runs it, and what it leaves behind, for tests of whole imports."""

import json
import os
import random
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from orderwright.application.queries.audit import audit
from orderwright.config import Settings
from orderwright.container import Container, build_container, opened
from orderwright.domain.interfaces.order_reader import OrderFilter, OrderSort, OrderView
from orderwright.domain.interfaces.sales import SalesGroup, SalesQuestion, SalesRow
from tests.command_process import kill_group, preloaded

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


_WITHIN_S: Final = 300.0


class Importer:
    def __init__(self, database_url: str, directory: Path) -> None:
        self._database_url = database_url
        self._directory = directory
        directory.mkdir(exist_ok=True)
        self._data_dir = directory / "data"

    def start(
        self, files: Sequence[Path], mapping: str, **settings: str
    ) -> "subprocess.CompletedProcess[str]":
        command = ["orders", "import", *map(str, files), "--mapping", mapping, "--json"]
        environment = {
            **os.environ,
            "DATABASE_URL": self._database_url,
            "DATA_DIR": str(self._data_dir),
            **settings,
        }
        out, err = self._directory / "import.out", self._directory / "import.err"
        out.unlink(missing_ok=True)
        err.unlink(missing_ok=True)
        process = preloaded(command, environment, out, errors=err)
        try:
            code = process.wait(_WITHIN_S)
        finally:
            kill_group(process)
        return subprocess.CompletedProcess(command, code, out.read_text(), err.read_text())

    def run(self, files: Sequence[Path], mapping: str) -> dict[str, Any]:
        done = self.start(files, mapping)
        assert done.returncode == 0, done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    async def sales_by_month(self) -> Sequence[SalesRow]:
        question = SalesQuestion(
            since=datetime(2000, 1, 1, tzinfo=UTC),
            until=datetime(2030, 1, 1, tzinfo=UTC),
            group_by=SalesGroup.MONTH,
        )
        async with self._container() as container:
            rows: Sequence[SalesRow] = await container.sales_reader().sales(question)
        return rows

    async def left_behind(self) -> "LeftBehind":
        async with self._container() as container:
            orders = await _all_orders(container)
            timelines = [
                [
                    (entry.sequence, entry.event, entry.occurred_at)
                    for entry in await container.order_details_reader().timeline(order.id)
                ]
                for order in orders
            ]
            violations = (await audit(container.auditor())).violations
        return LeftBehind([_essence(order) for order in orders], timelines, list(violations))

    @asynccontextmanager
    async def _container(self) -> AsyncIterator[Container]:
        settings = Settings.load(
            env_file=None, database_url=self._database_url, data_dir=self._data_dir
        )
        async with opened(build_container(settings)) as container:
            yield container


class LeftBehind:
    """Orders without the numbers that a database gives, their timelines, and what is wrong."""

    def __init__(self, orders: list[Any], timelines: list[Any], violations: list[Any]) -> None:
        self.orders = orders
        self.timelines = timelines
        self.violations = violations


async def _all_orders(container: Container) -> list[OrderView]:
    reader, cursor = container.order_reader(), None
    orders: list[OrderView] = []
    while True:
        page = await reader.page(OrderFilter(), sort=OrderSort.LOWEST_ID, limit=100, cursor=cursor)
        orders.extend(page.orders)
        cursor = page.next_cursor
        if cursor is None:
            return orders


def _essence(order: OrderView) -> tuple[Any, ...]:
    items = [(each.sku, each.quantity, str(each.line_total), each.returned) for each in order.items]
    status = (order.status, order.payment_status, order.fulfilment_status)
    return (order.reference, str(order.total), *status, order.created_at, items)


def half_a_year(file: Path, documents: int = 160) -> Path:
    """Made-up sales in the columns of the real ones, with cancellations of what was sold before."""
    chance = random.Random(11)  # noqa: S311 - the same file each time
    rows = [HEADER]
    sold: list[tuple[str, int, str, int]] = []
    for number in range(documents):
        at = f"2011-{1 + number // 32:02d}-{1 + number % 28:02d} 10:00:00"
        if number % 9 == 8 and sold:
            sku, quantity, price, customer = sold.pop(chance.randrange(len(sold)))
            rows.append(f"C{number:06d},{sku},BACK,-{quantity},{at},{price},{customer}.0,France")
            continue
        customer = chance.randint(1, 12)
        for _ in range(chance.randint(1, 6)):
            sku, quantity = f"{chance.randint(10000, 10030)}", chance.randint(1, 12)
            price = f"{chance.randint(1, 900) / 100:.2f}"
            rows.append(f"{number:06d},{sku},A THING,{quantity},{at},{price},{customer}.0,France")
            sold.append((sku, quantity, price, customer))
        if number % 5 == 0:
            rows.append(f"{number:06d},POST,POSTAGE,1,{at},3.95,{customer}.0,France")
    file.write_text("\n".join([*rows, ""]), "utf-8")
    return file
