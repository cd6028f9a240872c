import pytest

from orderwright.application.commands.resolve_operation import OperationNeedsNobody
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_operation import OperationState
from orderwright.domain.entities.payment_status import PaymentState
from orderwright.domain.interfaces.auditor import Violation
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.open_operations import SqlOpenOperationReader
from tests.back_office import BackOffice
from tests.gateways import DoubleGateway


async def charged_twice(office: BackOffice) -> int:
    order = await office.place(await office.product())
    await office.process(order.id)
    await office.settle(order.id)
    return order.id


async def test_what_the_gateway_took_twice_is_given_back_and_put_before_a_person(
    database: Database,
) -> None:
    gateway = DoubleGateway()
    office = BackOffice(database, gateway)
    order_id = await charged_twice(office)

    first, second = await office.details.payments(order_id)
    assert [(each.provider_payment_id, each.status) for each in (first, second)] == [
        ("once", PaymentState.CAPTURED),
        ("again", PaymentState.REFUNDED),
    ]
    assert gateway.given_back == {"again": 1250}
    assert (await office.order(order_id)).status is OrderStatus.CONFIRMED
    assert "payment.made_twice" in await office.events(order_id)
    (shown,) = await SqlOpenOperationReader(database).in_need(skip=0, limit=10)
    assert (shown.order_id, shown.provider_payment_id) == (order_id, "again")
    assert (shown.state, shown.due_at) == (OperationState.SUCCEEDED, None)
    violations: list[Violation] = []
    await SqlAuditor(database).examine(violations.append)
    assert violations == []


async def test_who_has_looked_at_it_says_so_once(database: Database) -> None:
    office = BackOffice(database, DoubleGateway())
    order_id = await charged_twice(office)
    (shown,) = await SqlOpenOperationReader(database).in_need(skip=0, limit=10)

    payment = await office.resolve(shown.id, succeeded=True)

    assert payment.status is PaymentState.REFUNDED
    assert await SqlOpenOperationReader(database).in_need(skip=0, limit=10) == []
    assert (await office.events(order_id))[-1] == "payment.resolved"
    with pytest.raises(OperationNeedsNobody):
        await office.resolve(shown.id, succeeded=True)


async def test_of_a_cancelled_order_both_go_back_and_no_more(database: Database) -> None:
    gateway = DoubleGateway()
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())
    await office.process(order.id)
    await office.cancel(order.id)
    await office.settle(order.id)

    assert gateway.given_back == {"once": 1250, "again": 1250}
    assert (await office.order(order.id)).status is OrderStatus.CANCELLED
