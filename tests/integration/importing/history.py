"""Imports made-up rows and tells what they became."""

from pathlib import Path
from typing import Any

from orderwright.application.importing.import_orders import import_orders
from orderwright.application.importing.mapping import Mapping
from orderwright.application.queries.audit import audit
from orderwright.domain.entities.order import Order
from orderwright.domain.interfaces.readers import StockLevelView
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.catalogue import SqlCatalogueReader
from tests.back_office import BackOffice
from tests.unit.importing.made_up import a_file, a_mapping


class History:
    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self.office = BackOffice(database)

    async def bring(
        self, *rows: str, mapping: Mapping | None = None, dry_run: bool = False
    ) -> dict[str, Any]:
        done = await import_orders(
            [a_file(self._folder, rows)],
            mapping or a_mapping(),
            units=self.office.units,
            clock=self.office.clock,
            ids=self.office.ids,
            dry_run=dry_run,
        )
        report: dict[str, Any] = done.as_json()
        return report

    async def order(self, reference: str) -> Order:
        async with self.office.uow() as uow:
            order = await uow.orders.find_by_reference("import", reference)
        assert order is not None, f"there is no order {reference}"
        return order

    async def stock(self, sku: str) -> StockLevelView:
        reader = SqlCatalogueReader(self._database)
        (product,) = await reader.products(skip=0, limit=1, sku=sku)
        return await self.office.stock(product.id)

    async def violations(self) -> list[Any]:
        return list((await audit(SqlAuditor(self._database))).violations)


def reasons(report: dict[str, Any]) -> dict[str, int]:
    """How many lines were not placed, by the code of the reason."""
    return {reason["code"]: reason["lines"] for reason in report["reasons"]}
