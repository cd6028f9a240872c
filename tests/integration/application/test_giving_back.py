from datetime import timedelta

import pytest

from orderwright.application.commands.refund_order import RefundOrder
from orderwright.application.commands.request_return import WantedReturnLine
from orderwright.application.services.refund_amount import RefundNeedsAmount
from orderwright.domain.entities.order import AlreadyShippedInPart, CancellationInProgress
from orderwright.domain.entities.order_lifecycle import IllegalTransition, OrderStatus
from orderwright.domain.entities.order_parts import ReturnExceedsShipped
from orderwright.domain.entities.payment import RefundExceedsCaptured
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.entities.refund import RefundStatus
from orderwright.domain.entities.return_ import ReturnStatus
from orderwright.domain.events.order import LineQuantity
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.gateways import RefusingGateway, UnreliableGateway


async def test_cancelling_an_unpaid_order_releases_its_stock(database: Database) -> None:
    office = BackOffice(database)
    product = await office.product(stock=10)
    order = await office.place(product, 4)

    cancelled = await office.cancel(order.id, "changed my mind")

    assert (cancelled.status, cancelled.cancellation_reason) == (
        OrderStatus.CANCELLED,
        "changed my mind",
    )
    assert (await office.stock(product)).available == 10
    assert await office.events(order.id) == [
        "order.placed",
        "order.cancellation_requested",
        "order.cancelled",
    ]


async def test_cancelling_a_paid_order_gives_the_money_back_first(database: Database) -> None:
    office = BackOffice(database)
    product = await office.product(stock=10)
    order = await office.paid(product, 4)

    cancelled = await office.cancel(order.id)

    assert (cancelled.status, cancelled.payment_status) == (
        OrderStatus.CANCELLED,
        PaymentStatus.REFUNDED,
    )
    assert (await office.stock(product)).available == 10
    assert (await office.events(order.id))[-4:] == [
        "order.cancellation_requested",
        "refund.requested",
        "refund.succeeded",
        "order.cancelled",
    ]


async def test_an_order_is_not_cancelled_before_the_gateway_has_said_so(
    database: Database,
) -> None:
    gateway = UnreliableGateway(OperationKind.REFUND)
    office = BackOffice(database, gateway)
    product = await office.product(stock=10)
    order = await office.paid(product, 4)

    waiting = await office.cancel(order.id)
    assert waiting.status is OrderStatus.CONFIRMED
    assert waiting.is_cancelling
    assert (await office.stock(product)).reserved == 4
    with pytest.raises(CancellationInProgress):
        await office.ship(order.id)

    gateway.mend()
    done = await office.settle(order.id)
    assert (done.status, done.payment_status) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED)
    assert (await office.stock(product)).reserved == 0
    assert len(gateway.executed) == 2


async def test_a_charge_that_succeeds_while_the_order_is_cancelled_is_given_back(
    database: Database,
) -> None:
    gateway = UnreliableGateway(OperationKind.CHARGE)
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())
    await office.process(order.id)
    await office.cancel(order.id)
    assert (await office.order(order.id)).status is OrderStatus.PENDING

    gateway.mend()
    done = await office.settle(order.id)

    assert (done.status, done.payment_status) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED)
    payment = await office.payment(order.id)
    assert (str(payment.captured), str(payment.refunded)) == ("12.50", "12.50")


async def test_a_refused_refund_leaves_the_cancellation_open_for_a_person(
    database: Database,
) -> None:
    office = BackOffice(database, RefusingGateway(OperationKind.REFUND))
    order = await office.paid(await office.product())

    waiting = await office.cancel(order.id)

    assert waiting.is_cancelling
    assert (await office.events(order.id)).count("refund.failed") == 1


async def test_a_shipped_order_cannot_be_cancelled(database: Database) -> None:
    office = BackOffice(database)
    order = await office.shipped(await office.product())
    before = await office.events(order.id)

    with pytest.raises(IllegalTransition):
        await office.cancel(order.id)

    assert await office.events(order.id) == before


async def test_an_order_shipped_in_part_cannot_be_cancelled(database: Database) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product(), 3)
    await office.ship(order.id, [LineQuantity(item_id=1, quantity=1)])

    with pytest.raises(AlreadyShippedInPart):
        await office.cancel(order.id)

    assert (await office.payment(order.id)).refunded.minor == 0


async def test_a_refund_by_amount_is_partial_until_all_is_back(database: Database) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product(), 2)

    refund = await office.refund(RefundOrder(order_id=order.id, amount="10.00"))
    assert (refund.status, str(refund.amount)) == (RefundStatus.SUCCEEDED, "10.00")
    assert (await office.order(order.id)).payment_status is PaymentStatus.PARTIALLY_REFUNDED

    await office.refund(RefundOrder(order_id=order.id, amount="15.00"))
    assert (await office.order(order.id)).payment_status is PaymentStatus.REFUNDED


async def test_more_than_was_captured_is_not_refunded(database: Database) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product(), 2)
    await office.refund(RefundOrder(order_id=order.id, amount="20.00"))

    with pytest.raises(RefundExceedsCaptured, match=r"5\.00 can be refunded"):
        await office.refund(RefundOrder(order_id=order.id, amount="5.01"))

    assert str((await office.payment(order.id)).refunded) == "20.00"
    assert len(await office.details.refunds(order.id)) == 1


async def test_a_refund_on_its_way_counts_as_gone(database: Database) -> None:
    office = BackOffice(database, UnreliableGateway(OperationKind.REFUND))
    order = await office.paid(await office.product(), 2)
    await office.refund(RefundOrder(order_id=order.id, amount="20.00"))

    with pytest.raises(RefundExceedsCaptured):
        await office.refund(RefundOrder(order_id=order.id, amount="20.00"))


async def test_a_refund_names_an_amount_or_lines(database: Database) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product())

    with pytest.raises(RefundNeedsAmount):
        await office.refund(RefundOrder(order_id=order.id))


async def test_a_refund_by_line_with_restock_puts_the_goods_back(database: Database) -> None:
    office = BackOffice(database)
    product = await office.product(stock=10)
    order = await office.shipped(product, 4)

    refund = await office.refund(
        RefundOrder(order_id=order.id, lines=[LineQuantity(item_id=1, quantity=3)], restock=True)
    )

    assert str(refund.amount) == "37.50"
    assert (await office.stock(product)).on_hand == 9
    assert (await office.order(order.id)).item(1).returned == 3


async def test_a_return_goes_from_requested_to_received_to_refunded(database: Database) -> None:
    office = BackOffice(database)
    product = await office.product(stock=10)
    order = await office.shipped(product, 4)

    asked = await office.request_return(
        order.id, WantedReturnLine(item_id=1, quantity=2, restock=True)
    )
    assert asked.status is ReturnStatus.REQUESTED
    assert (await office.stock(product)).on_hand == 6

    await office.receive_return(order.id, asked.id)
    assert (await office.stock(product)).on_hand == 8

    refund = await office.refund(RefundOrder(order_id=order.id, return_id=asked.id))
    assert str(refund.amount) == "25.00"
    (done,) = await office.details.returns(order.id)
    assert done.status is ReturnStatus.REFUNDED


async def test_more_than_was_shipped_does_not_come_back(database: Database) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product(), 4)
    await office.ship(order.id, [LineQuantity(item_id=1, quantity=1)])

    with pytest.raises(ReturnExceedsShipped, match="line 1 has 1 that can come back"):
        await office.request_return(order.id, WantedReturnLine(item_id=1, quantity=2))

    assert list(await office.details.returns(order.id)) == []
    assert (await office.order(order.id)).item(1).returned == 0


async def test_cancelling_once_more_asks_a_gateway_that_refused_once_more(
    database: Database,
) -> None:
    gateway = RefusingGateway(OperationKind.REFUND)
    office = BackOffice(database, gateway)
    order = await office.paid(await office.product())
    await office.cancel(order.id)

    gateway.relent()
    done = await office.cancel(order.id)

    assert (done.status, done.payment_status) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED)
    assert (await office.events(order.id))[-5:] == [
        "refund.failed",
        "payment.needs_attention",
        "refund.requested",
        "refund.succeeded",
        "order.cancelled",
    ]


async def test_a_refund_that_was_refused_long_ago_does_not_stand_in_the_way_of_cancelling(
    database: Database,
) -> None:
    gateway = RefusingGateway(OperationKind.REFUND)
    office = BackOffice(database, gateway)
    order = await office.paid(await office.product())
    refused = await office.refund(RefundOrder(order_id=order.id, amount="1.00"))
    assert refused.status is RefundStatus.FAILED

    gateway.relent()
    done = await office.cancel(order.id)

    assert (done.status, done.payment_status) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED)


async def test_every_refund_has_its_own_promise_to_be_settled(database: Database) -> None:
    office = BackOffice(database, UnreliableGateway(OperationKind.REFUND))
    order = await office.paid(await office.product(), 2)

    for _ in range(2):
        await office.refund(RefundOrder(order_id=order.id, amount="5.00"))

    now = office.clock.now() + timedelta(minutes=1)
    async with office.uow() as uow:
        promised = await uow.tasks.claim_due(now=now, lease_until=now, limit=10)
    assert [task.payload for task in promised] == [{"order_id": order.id}] * 2
