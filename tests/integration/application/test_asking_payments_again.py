from datetime import timedelta

from orderwright.application.commands.refund_order import RefundOrder
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_operation import OperationKind, OperationState
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.gateways import BusyGateway, ForgetfulGateway, UnreliableGateway
from tests.open_operations import sweep_of

A_DAY = timedelta(days=1)


async def test_a_sweep_asks_for_what_nobody_has_answered_once_its_time_has_come(
    database: Database,
) -> None:
    gateway = UnreliableGateway(OperationKind.CHARGE)
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())
    await office.process(order.id)
    gateway.mend()

    assert await sweep_of(office).ask_due() == 0
    office.clock.advance(timedelta(seconds=60))
    assert await sweep_of(office).ask_due() == 1

    settled = await office.order(order.id)
    assert (settled.status, settled.payment_status) == (OrderStatus.CONFIRMED, PaymentStatus.PAID)
    assert list(gateway.executed.values()) == [1]


async def test_two_sweeps_never_ask_for_the_same_operation(database: Database) -> None:
    office = BackOffice(database, UnreliableGateway(OperationKind.CHARGE))
    order = await office.place(await office.product())
    await office.process(order.id)
    office.clock.advance(timedelta(seconds=60))

    now = office.clock.now()
    async with office.uow() as uow:
        claimed = await uow.payments.claim_due(now=now, until=now + A_DAY, limit=8)
        await uow.commit()

    assert claimed == [order.id]
    assert await sweep_of(office).ask_due() == 0


async def test_each_silence_makes_the_next_wait_longer_up_to_a_minute(database: Database) -> None:
    office = BackOffice(database, UnreliableGateway(OperationKind.CHARGE))
    order = await office.place(await office.product())
    await office.process(order.id)

    waits = []
    for _ in range(7):
        (operation,) = (await office.payment(order.id)).operations
        assert operation.due_at is not None
        assert operation.sent_at is not None
        waits.append((operation.due_at - operation.sent_at).total_seconds())
        await office.settle(order.id)

    # A second more each: the stepping clock is looked at once when sent and once when recorded.
    assert waits == [3.0, 5.0, 9.0, 17.0, 33.0, 61.0, 61.0]


async def test_what_a_busy_gateway_asks_for_is_waited_for(database: Database) -> None:
    office = BackOffice(database, BusyGateway())
    order = await office.place(await office.product())
    await office.process(order.id)

    (operation,) = (await office.payment(order.id)).operations

    assert operation.state is OperationState.PLANNED
    assert operation.due_at is not None
    assert operation.sent_at is not None
    assert operation.due_at - operation.sent_at == timedelta(seconds=8)


async def test_a_charge_is_never_sent_again_once_its_key_may_be_forgotten(
    database: Database,
) -> None:
    gateway = ForgetfulGateway(key_lifetime=A_DAY, can_look_up=False)
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())
    await office.process(order.id)
    await office.settle(order.id)
    assert gateway.calls == 2

    office.clock.advance(A_DAY)
    await office.settle(order.id)
    await office.settle(order.id)

    assert gateway.calls == 2
    (operation,) = (await office.payment(order.id)).operations
    assert (operation.state, operation.due_at) == (OperationState.UNKNOWN, None)
    assert operation.attention_at is not None
    assert (await office.events(order.id)).count("payment.needs_attention") == 1


async def test_a_gateway_that_can_be_asked_is_asked_on_beside_the_person(
    database: Database,
) -> None:
    gateway = ForgetfulGateway(key_lifetime=A_DAY, can_look_up=True)
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())
    await office.process(order.id)
    office.clock.advance(A_DAY)

    await office.settle(order.id)

    (operation,) = (await office.payment(order.id)).operations
    assert operation.attention_at is not None
    assert operation.due_at is not None
    assert gateway.calls == 1


async def test_an_order_is_cancelled_though_the_gateway_is_down_if_it_never_heard_of_the_charge(
    database: Database,
) -> None:
    office = BackOffice(database, BusyGateway())
    order = await office.place(await office.product())
    await office.process(order.id)

    cancelled = await office.cancel(order.id)

    assert cancelled.status is OrderStatus.CANCELLED


async def test_a_charge_that_succeeds_after_its_order_was_cancelled_is_given_back(
    database: Database,
) -> None:
    office = BackOffice(database)
    order = await office.place(await office.product())
    await office.process(order.id, "tok_decline")
    await office.cancel(order.id)

    await succeed_late(office, order.id)

    late = await office.order(order.id)
    assert (late.status, late.payment_status) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED)


async def test_what_was_paid_more_than_once_is_given_back(database: Database) -> None:
    office = BackOffice(database)
    order = await office.place(await office.product())
    await office.process(order.id, "tok_decline")
    await office.process(order.id)

    await succeed_late(office, order.id)

    payments = await office.details.payments(order.id)
    sums = [(str(each.captured), str(each.refunded)) for each in payments]
    assert sums == [("12.50", "12.50"), ("12.50", "0.00")]
    assert (await office.order(order.id)).status is OrderStatus.CONFIRMED


async def test_what_a_person_gave_back_is_not_for_what_was_paid_more_than_once(
    database: Database,
) -> None:
    office = BackOffice(database)
    order = await office.place(await office.product())
    await office.process(order.id, "tok_decline")
    await office.process(order.id)
    await office.refund(RefundOrder(order_id=order.id, amount="5.00"))

    await succeed_late(office, order.id)

    payments = await office.details.payments(order.id)
    assert [str(each.refunded) for each in payments] == ["12.50", "5.00"]
    left = (await office.order(order.id)).payment_status
    assert left is PaymentStatus.PARTIALLY_REFUNDED


async def succeed_late(office: BackOffice, order_id: int) -> None:
    """The gateway says of the first charge, which it had declined, that it took the money."""
    first = (await office.details.payments(order_id))[0]
    await office.hear(order_id, first.operations[0].id)
