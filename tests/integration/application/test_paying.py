import asyncio

import pytest

from orderwright.domain.entities.order_lifecycle import IllegalTransition, OrderStatus
from orderwright.domain.entities.payment_operation import OperationKind, OperationState
from orderwright.domain.entities.payment_status import PaymentState, PaymentStatus
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.gateways import BusyGateway, ForgetfulBusyGateway, UnreliableGateway, WatchedGateway


async def test_processing_validates_pays_and_confirms_each_as_a_step_of_the_timeline(
    database: Database,
) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product(), 2)

    assert (order.status, order.payment_status) == (OrderStatus.CONFIRMED, PaymentStatus.PAID)
    assert await office.events(order.id) == [
        "order.placed",
        "order.inventory_validated",
        "payment.requested",
        "payment.captured",
        "order.confirmed",
    ]
    payment = await office.payment(order.id)
    assert (str(payment.captured), str(payment.refunded)) == ("25.00", "0.00")


async def test_processing_twice_charges_once(database: Database) -> None:
    gateway = UnreliableGateway()
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())

    await office.process(order.id)
    again = await office.process(order.id)

    assert again.status is OrderStatus.CONFIRMED
    assert list(gateway.executed.values()) == [1]


async def test_processing_side_by_side_charges_once(database: Database) -> None:
    gateway = UnreliableGateway()
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())

    await asyncio.gather(*(office.process(order.id) for _ in range(5)))

    assert (await office.order(order.id)).payment_status is PaymentStatus.PAID
    assert len(gateway.executed) == 1
    assert (await office.events(order.id)).count("payment.captured") == 1


async def test_a_declined_order_stays_pending_and_can_be_processed_again(
    database: Database,
) -> None:
    office = BackOffice(database)
    placed = await office.place(await office.product())

    declined = await office.process(placed.id, "tok_decline")
    assert (declined.status, declined.payment_status) == (
        OrderStatus.PENDING,
        PaymentStatus.FAILED,
    )

    confirmed = await office.process(placed.id)
    assert (confirmed.status, confirmed.payment_status) == (
        OrderStatus.CONFIRMED,
        PaymentStatus.PAID,
    )
    payments = await office.details.payments(placed.id)
    assert [each.status for each in payments] == [PaymentState.FAILED, PaymentState.CAPTURED]


async def test_an_order_that_costs_nothing_is_confirmed_without_a_payment(
    database: Database,
) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product(price="0"))

    assert (order.status, order.payment_status) == (OrderStatus.CONFIRMED, PaymentStatus.PAID)
    assert list(await office.details.payments(order.id)) == []


async def test_an_unknown_outcome_is_asked_for_and_never_charged_again(
    database: Database,
) -> None:
    gateway = UnreliableGateway(OperationKind.CHARGE)
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())

    unknown = await office.process(order.id)
    assert (unknown.status, unknown.payment_status) == (
        OrderStatus.PENDING,
        PaymentStatus.UNKNOWN,
    )
    gateway.mend()
    settled = await office.settle(order.id)

    assert (settled.status, settled.payment_status) == (
        OrderStatus.CONFIRMED,
        PaymentStatus.PAID,
    )
    assert list(gateway.executed.values()) == [1]


async def test_what_the_gateway_did_not_take_is_planned_again_and_has_not_failed(
    database: Database,
) -> None:
    gateway = BusyGateway()
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())

    waiting = await office.process(order.id)
    assert (waiting.status, waiting.payment_status) == (
        OrderStatus.PENDING,
        PaymentStatus.UNPAID,
    )
    (operation,) = (await office.payment(order.id)).operations
    assert (operation.state, operation.sends) == (OperationState.PLANNED, 1)
    gateway.is_free = True
    settled = await office.settle(order.id)

    assert settled.payment_status is PaymentStatus.PAID


async def test_a_busy_gateway_says_nothing_of_a_charge_that_it_was_silent_about_before(
    database: Database,
) -> None:
    office = BackOffice(database, UnreliableGateway(OperationKind.CHARGE))
    order = await office.place(await office.product())
    await office.process(order.id)
    forgetful = BackOffice(database, ForgetfulBusyGateway(), office.clock, office.ids)

    settled = await forgetful.settle(order.id)

    assert settled.payment_status is PaymentStatus.UNKNOWN


async def test_the_gateway_is_never_called_inside_a_transaction(database: Database) -> None:
    gateway = WatchedGateway(database)
    office = BackOffice(database, gateway)
    order = await office.paid(await office.product())
    await office.cancel(order.id)

    assert gateway.calls == 2


async def test_a_confirmed_order_is_not_processed_again(database: Database) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product())

    with pytest.raises(IllegalTransition) as refusal:
        await office.request_processing(order.id)

    assert refusal.value.facts == {"current_status": "confirmed", "allowed": ["ship", "cancel"]}


async def test_asking_to_process_twice_gives_the_one_open_task(database: Database) -> None:
    office = BackOffice(database)
    order = await office.place(await office.product())

    first = await office.request_processing(order.id)
    second = await office.request_processing(order.id)

    assert first.id == second.id


async def test_the_journal_row_is_there_before_the_gateway_is_asked(database: Database) -> None:
    office = BackOffice(database, UnreliableGateway(OperationKind.CHARGE))
    order = await office.place(await office.product())
    await office.process(order.id)

    (operation,) = (await office.payment(order.id)).operations
    assert (operation.kind, operation.state) == (OperationKind.CHARGE, OperationState.UNKNOWN)
    assert operation.sends == 1
    assert operation.sent_at is not None
