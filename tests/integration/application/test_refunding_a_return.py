import pytest

from orderwright.application.commands.refund_order import RefundOrder
from orderwright.application.commands.request_return import WantedReturnLine
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.refund import RefundStatus
from orderwright.domain.entities.return_ import (
    ReceivedLine,
    ReturnExceedsRequested,
    ReturnNotReceived,
    ReturnRefundUnderway,
    ReturnStatus,
)
from orderwright.domain.interfaces.auditor import Violation
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.gateways import RefusingGateway, UnreliableGateway


async def a_received_return(office: BackOffice) -> RefundOrder:
    """One of four units at 12.50 came back."""
    order = await office.shipped(await office.product(stock=10), 4)
    return_ = await office.request_return(order.id, WantedReturnLine(item_id=1, quantity=1))
    await office.receive_return(order.id, return_.id)
    return RefundOrder(order_id=order.id, return_id=return_.id)


async def refunded(office: BackOffice, order_id: int) -> str:
    payment = await office.payment(order_id)
    return str(payment.refunded)


async def test_a_return_is_refunded_once_while_the_gateway_is_silent(database: Database) -> None:
    gateway = UnreliableGateway(OperationKind.REFUND)
    office = BackOffice(database, gateway)
    command = await a_received_return(office)
    await office.refund(command)

    with pytest.raises(ReturnRefundUnderway):
        await office.refund(command)

    gateway.mend()
    await office.settle(command.order_id)
    with pytest.raises(ReturnNotReceived):
        await office.refund(command)
    assert await refunded(office, command.order_id) == "12.50"
    assert len(await office.details.refunds(command.order_id)) == 1


async def test_a_return_whose_refund_failed_can_be_refunded_again(database: Database) -> None:
    refusing = BackOffice(database, RefusingGateway(OperationKind.REFUND))
    command = await a_received_return(refusing)
    assert (await refusing.refund(command)).status is RefundStatus.FAILED

    office = BackOffice(database, clock=refusing.clock, ids=refusing.ids)
    assert (await office.refund(command)).status is RefundStatus.SUCCEEDED

    assert await refunded(office, command.order_id) == "12.50"


async def test_of_a_return_only_what_came_is_restocked_and_refunded(database: Database) -> None:
    office = BackOffice(database)
    product = await office.product(stock=10)
    order = await office.shipped(product, 4)
    asked = await office.request_return(
        order.id, WantedReturnLine(item_id=1, quantity=3, restock=True)
    )

    received = await office.receive_return(order.id, asked.id, ReceivedLine(item_id=1, quantity=1))

    assert [(line.quantity, line.restock) for line in received.items] == [(1, True)]
    assert (await office.stock(product)).on_hand == 7
    assert (await office.order(order.id)).item(1).returned == 1
    refund = await office.refund(RefundOrder(order_id=order.id, return_id=asked.id))
    assert str(refund.amount) == "12.50"
    (kept,) = await office.details.returns(order.id)
    assert [line.quantity for line in kept.items] == [1]

    rest = await office.request_return(
        order.id, WantedReturnLine(item_id=1, quantity=3, restock=True)
    )
    await office.receive_return(
        order.id, rest.id, ReceivedLine(item_id=1, quantity=3, restock=False)
    )
    assert (await office.stock(product)).on_hand == 7
    last = await office.refund(RefundOrder(order_id=order.id, return_id=rest.id))
    assert str(last.amount) == "37.50"
    assert await refunded(office, order.id) == "50.00"
    violations: list[Violation] = []
    await SqlAuditor(database).examine(violations.append)
    assert violations == []


async def test_a_line_that_did_not_come_is_no_part_of_its_return_any_more(
    database: Database,
) -> None:
    office = BackOffice(database)
    order = await office.shipped(await office.product(stock=10), 4)
    asked = await office.request_return(order.id, WantedReturnLine(item_id=1, quantity=2))

    with pytest.raises(ReturnExceedsRequested, match="of line 1, 2 were to come back"):
        await office.receive_return(order.id, asked.id, ReceivedLine(item_id=1, quantity=3))

    (kept,) = await office.details.returns(order.id)
    assert (kept.status, kept.received_at) == (ReturnStatus.REQUESTED, None)
    assert [line.quantity for line in kept.items] == [2]
    assert (await office.order(order.id)).item(1).returned == 2
