"""Many orders at once: in one request, and from a file."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import httpx2

from benchmarks.sample import Sample
from benchmarks.subject import Subject

_NOT_THERE: Final = (404, 405)
_PLACED: Final = 201
_WHOLE_BYTES: Final = 16 * 1024 * 1024
_COLUMNS: Final = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
)
_IMPORTED_PRODUCTS: Final = 500
_IMPORTED_CUSTOMERS: Final = 200


async def place_together(
    subject: Subject, *, size: int, clients: int, seconds: float
) -> Sample | None:
    """Rate and CPU are of orders, not of requests. None: the service has no such route."""
    if not await _has_batches(subject):
        return None
    outcome, sample = await subject.ask(
        subject.requests.placing_together(size),
        clients=clients,
        seconds=seconds,
        keep_bytes=_WHOLE_BYTES,
    )
    results = [result for body in outcome.bodies for result in json.loads(body)["results"]]
    assert len(results) == size * outcome.granted, outcome.statuses
    placed = [each["order"]["id"] for each in results if each["status"] == _PLACED]
    subject.account.acknowledged += placed
    return _of_orders(sample, len(placed), outcome.seconds)


async def _has_batches(subject: Subject) -> bool:
    async with httpx2.AsyncClient() as client:
        answer = await client.post(
            f"{subject.server.url}/api/v1/orders/batch",
            json={"orders": []},
            headers={"Authorization": f"Bearer {subject.requests.key}"},
        )
    return answer.status_code not in _NOT_THERE


def _of_orders(sample: Sample, orders: int, seconds: float) -> Sample:
    requests_an_order = sample.orders / max(1, orders)
    return replace(
        sample,
        rate=orders / seconds,
        orders=orders,
        server_cpu_ms=sample.server_cpu_ms * requests_an_order,
        database_cpu_ms=sample.database_cpu_ms * requests_an_order,
    )


@dataclass(slots=True)
class Imports:
    """`orderwright orders import`, again and again, each time with documents that are new."""

    subject: Subject
    documents: int
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def run(self) -> Sample:
        file = self.subject.directory / "sales.csv"
        file.write_text("\n".join([_COLUMNS, *self._rows(), ""]), "utf-8")
        began = time.perf_counter()
        report = await self._import(file)
        seconds = time.perf_counter() - began
        placed: int = report["documents"]["placed"]
        assert placed == self.documents, report
        self.subject.account.unnamed += placed
        return Sample(rate=placed / seconds, orders=placed)

    async def _import(self, file: Path) -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "orderwright", "orders", "import", str(file)),
            *("--mapping", "online-retail", "--json"),
            env={
                **os.environ,
                "DATABASE_URL": self.subject.url,
                "DATA_DIR": str(self.subject.directory / "data"),
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        told, said = await process.communicate()
        assert process.returncode == 0, said.decode()
        report: dict[str, Any] = json.loads(told)
        return report

    def _rows(self) -> Iterator[str]:
        """Two lines a document, as an order has that is placed over HTTP."""
        for number in itertools.islice(self._numbers, self.documents):
            customer = 10_000 + number % _IMPORTED_CUSTOMERS
            for line in (0, 1):
                sku = (number * 2 + line) % _IMPORTED_PRODUCTS
                yield (
                    f"{number:07d},CSV{sku},A THING,{1 + line},2011-01-04 10:00:00,12.50,"
                    f"{customer}.0,France"
                )
