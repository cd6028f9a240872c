"""Upgrades with data in place."""

from sqlalchemy import text

from orderwright.application.commands.refund_order import RefundOrder
from orderwright.application.commands.request_return import WantedReturnLine
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.interfaces.auditor import Violation
from orderwright.infrastructure.database import engines, migrate
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.gateways import UnreliableGateway

BEFORE_LIMITS_OF_REFUNDS = "2026_11_28_1700"


async def refunds_of_all_kinds(database: Database) -> None:
    """One of a return, one of a line, and one that nobody knows the end of."""
    office = BackOffice(database)
    product = await office.product(stock=100)
    back = await office.shipped(product, 3)
    return_ = await office.request_return(back.id, WantedReturnLine(item_id=1, quantity=2))
    await office.receive_return(back.id, return_.id)
    await office.refund(RefundOrder(order_id=back.id, return_id=return_.id))
    by_line = await office.paid(product, 3)
    one = [LineQuantity(item_id=1, quantity=1)]
    await office.refund(RefundOrder(order_id=by_line.id, lines=one))
    underway = await office.paid(product, 3)
    silent = UnreliableGateway(OperationKind.REFUND)
    unheard = BackOffice(database, silent, clock=office.clock, ids=office.ids)
    await unheard.refund(RefundOrder(order_id=underway.id, lines=one))


async def test_refunds_from_before_their_limits_were_kept_are_counted(
    database: Database, database_url: str
) -> None:
    await refunds_of_all_kinds(database)
    await database.dispose()

    await migrate.downgrade(database_url, BEFORE_LIMITS_OF_REFUNDS)
    engine = engines.for_migrations(database_url)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "DELETE FROM refund_items WHERE refund_id IN"
                " (SELECT id FROM refunds WHERE return_id IS NOT NULL)"
            )
        )
    await migrate.upgrade(database_url)

    async with engine.connect() as connection:
        units = await connection.execute(text("SELECT refunded FROM order_items ORDER BY order_id"))
        assert [row.refunded for row in units] == [2, 1, 1]
        money = await connection.execute(
            text("SELECT refunding_minor FROM payments ORDER BY order_id")
        )
        assert [row.refunding_minor for row in money] == [0, 0, 1250]
    await engine.dispose()
    violations: list[Violation] = []
    await SqlAuditor(database).examine(violations.append)
    assert violations == []
