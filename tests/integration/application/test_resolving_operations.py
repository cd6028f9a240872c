from datetime import timedelta

import pytest

from orderwright.application.commands.resolve_operation import (
    OperationNeedsNobody,
    OperationNotFound,
)
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_status import PaymentState, PaymentStatus
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.open_operations import SqlOpenOperationReader
from tests.back_office import BackOffice
from tests.gateways import ForgetfulGateway

A_DAY = timedelta(days=1)


async def in_need(office: BackOffice) -> tuple[int, str]:
    """An order, and its charge that the gateway has forgotten."""
    order = await office.place(await office.product())
    await office.process(order.id)
    office.clock.advance(A_DAY)
    await office.settle(order.id)
    (operation,) = (await office.payment(order.id)).operations
    return order.id, operation.id


def forgetful(database: Database) -> BackOffice:
    return BackOffice(database, ForgetfulGateway(key_lifetime=A_DAY, can_look_up=False))


async def test_an_operation_that_only_a_person_can_find_out_about_is_listed(
    database: Database,
) -> None:
    office = forgetful(database)
    order_id, operation_id = await in_need(office)

    (shown,) = await SqlOpenOperationReader(database).in_need(skip=0, limit=10)

    assert (shown.id, shown.order_id, str(shown.amount)) == (operation_id, order_id, "12.50")
    assert shown.due_at is None
    assert shown.attention_at - shown.first_sent_at >= A_DAY


async def test_a_charge_that_a_person_found_confirms_its_order(database: Database) -> None:
    office = forgetful(database)
    order_id, operation_id = await in_need(office)

    payment = await office.resolve(operation_id, succeeded=True, provider_payment_id="pay_1")

    assert (payment.status, payment.provider_payment_id) == (PaymentState.CAPTURED, "pay_1")
    assert (await office.order(order_id)).status is OrderStatus.CONFIRMED
    assert (await office.events(order_id))[-3:] == [
        "payment.resolved",
        "payment.captured",
        "order.confirmed",
    ]
    assert await SqlOpenOperationReader(database).in_need(skip=0, limit=10) == []


async def test_a_charge_that_nobody_found_may_be_tried_again(database: Database) -> None:
    office = forgetful(database)
    order_id, operation_id = await in_need(office)

    payment = await office.resolve(operation_id, succeeded=False)

    assert payment.operations[0].error_code == "resolved_by_hand"
    order = await office.order(order_id)
    assert (order.status, order.payment_status) == (OrderStatus.PENDING, PaymentStatus.FAILED)


async def test_what_needs_nobody_cannot_be_decided_by_anybody(database: Database) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product())
    (operation,) = (await office.payment(order.id)).operations

    with pytest.raises(OperationNeedsNobody):
        await office.resolve(operation.id, succeeded=False)
    with pytest.raises(OperationNotFound):
        await office.resolve("nothing", succeeded=False)

    assert (await office.payment(order.id)).status is PaymentState.CAPTURED
