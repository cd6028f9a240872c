import pytest

from orderwright.application.commands.refund_order import RefundOrder
from orderwright.application.commands.request_return import WantedReturnLine
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.refund import RefundStatus
from orderwright.domain.entities.return_ import ReturnNotReceived, ReturnRefundUnderway
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
