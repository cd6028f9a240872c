import asyncio
import re

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from orderwright.application.commands.create_product import CreateProduct, create_product
from orderwright.application.commands.place_order import PlaceOrder
from orderwright.application.queries.audit import AuditReport, audit
from orderwright.application.services.pricing import WantedItem
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.interfaces.auditor import Violation
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import UnitPrice
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.auditing import auditor
from orderwright.infrastructure.database.auditing.auditor import CHECKS, SqlAuditor, run_checks
from orderwright.infrastructure.database.auditing.check import Check
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.engines import Limits
from tests.back_office import BackOffice
from tests.integration.audit.conftest import Busy
from tests.integration.audit.planted import PLANTED
from tests.integration.audit.planting import Found


async def test_an_empty_database_adds_up(database: Database) -> None:
    report = await audit(SqlAuditor(database))

    assert report.ok
    assert report.checked["events_are_gapless"] == 1  # of the first location
    assert report.checked["total_equals_parts"] == 0


async def test_a_busy_service_adds_up(busy: Busy, busy_database: Database) -> None:
    report = await audit(SqlAuditor(busy_database))

    assert report.violations == []
    assert report.ok
    assert report.checked.keys() == {check.name for check in CHECKS}
    assert report.checked["total_equals_parts"] == len(busy.orders)
    assert all(report.checked.values())


async def test_the_busy_service_has_orders_of_every_kind(busy_database: Database) -> None:
    async with busy_database.read_sessions() as session:
        statuses = set(await session.scalars(select(tables.orders.c.status)))
        moneys = set(await session.scalars(select(tables.orders.c.payment_status)))

    assert statuses == set(OrderStatus)
    # The sandbox charges at once: nothing is ever just authorised.
    assert moneys == set(PaymentStatus) - {PaymentStatus.AUTHORISED}


@pytest.mark.parametrize(("statements", "found"), PLANTED)
async def test_what_does_not_add_up_is_named(
    busy: Busy, lawless: AsyncEngine, statements: tuple[str, ...], found: Found
) -> None:
    violations: list[Violation] = []

    async with lawless.connect() as connection:
        if connection.dialect.name == "sqlite":
            await connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        for statement in statements:
            planted = await connection.execute(text(statement), busy.orders)
            assert planted.rowcount > 0, "found nothing to break"
        await run_checks(connection, violations.append)
        await connection.rollback()

    named = [(each.check, re.sub(r"\bid-\d+", "ID", each.subject)) for each in violations]
    assert sorted(named) == sorted((check, what.format_map(busy.orders)) for check, what in found)
    assert all(each.detail for each in violations)


def test_every_check_is_seen_to_fail() -> None:
    seen = {check for each in PLANTED for check, _ in each.values[1]}

    assert seen == {check.name for check in CHECKS}


def test_a_report_with_a_violation_is_not_ok() -> None:
    violation = Violation("total_equals_parts", "order 7", "total_minor 1, but its parts sum to 2")

    assert AuditReport({"total_equals_parts": 1}, []).ok
    assert not AuditReport({"total_equals_parts": 1}, [violation]).ok


@pytest.mark.parametrize(
    ("code", "prices"),
    [
        ("JPY", ["0.4999", "0.5", "0.5001", "1.5", "2.5"]),
        ("GBP", ["0.0049", "0.005", "0.0051", "0.015", "0.025"]),
        ("KWD", ["0.0004", "0.0005", "0.0006", "0.0015", "0.0025"]),
        ("CLF", ["0.0001", "0.0002", "0.0003", "0.0004", "0.0005"]),
    ],
)
async def test_the_auditor_rounds_as_the_domain_does(
    database: Database, code: str, prices: list[str]
) -> None:
    office = BackOffice(database)
    lines = []
    for price in prices:
        command = CreateProduct(
            sku=f"SKU-{price}",
            name="A thing",
            price=UnitPrice.parse(price, Currency.of(code)),
            track_inventory=False,
        )
        product = await create_product(command, office.uow(), now=office.clock.now())
        lines += [WantedItem(product_id=product.id, quantity=quantity) for quantity in (1, 3, 7)]
    placing = PlaceOrder(customer_id=await office.customer(), items=lines)
    await office.place_command(placing)

    report = await audit(SqlAuditor(database))

    assert report.violations == []
    assert report.checked["line_total_equals_price_times_quantity"] == 15


async def test_an_audit_of_a_service_at_work_sees_one_moment(database: Database) -> None:
    office = BackOffice(database)
    product = await office.product(stock=1000)
    done = asyncio.Event()

    async def serve() -> None:
        for _ in range(5):
            order = await office.shipped(product, 2)
            await office.cancel((await office.paid(product, 3)).id)
            (shipment,) = await office.details.shipments(order.id)
            await office.deliver(order.id, shipment.id)
        done.set()

    async def watch() -> list[AuditReport]:
        reports = []
        while not done.is_set():
            reports.append(await audit(SqlAuditor(database)))
        return reports

    async with asyncio.TaskGroup() as group:
        group.create_task(serve())
        watching = group.create_task(watch())

    reports = [*watching.result(), await audit(SqlAuditor(database))]
    assert [report.violations for report in reports if not report.ok] == []
    assert reports[-1].checked["total_equals_parts"] == 10


async def test_an_audit_may_take_longer_than_a_request(
    busy_postgresql: Busy, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Check(
        name="slow",
        of=tables.orders,
        wrong="SELECT 'order 1', 'is slow' FROM pg_sleep(1.2)",
    )
    monkeypatch.setattr(auditor, "CHECKS", [slow])
    database = Database(busy_postgresql.url, Limits(statement_timeout_s=1.0))

    report = await audit(SqlAuditor(database))
    await database.dispose()

    assert report.violations == [Violation("slow", "order 1", "is slow")]
