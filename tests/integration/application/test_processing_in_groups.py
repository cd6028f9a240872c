import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from orderwright.application.commands.process_order import PROCESS_ORDER
from orderwright.application.commands.retry_task import RetryTask, retry_task
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import (
    IN_FLIGHT,
    OperationKind,
    OperationState,
)
from orderwright.domain.entities.payment_status import PaymentState, PaymentStatus
from orderwright.domain.entities.task import Task, TaskState
from orderwright.domain.interfaces.payment_gateway import GatewayCall, Outcome
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.processing.store import SqlProcessingStore
from orderwright.infrastructure.external_services.payments_sandbox import SandboxGateway
from tests.back_office import BackOffice, SteppingClock
from tests.gateways import BusyGateway, UnreliableGateway, WatchedGateway
from tests.patience import AWAITED_S
from tests.processing import LIMITS, processing_of


async def asked(office: BackOffice, count: int) -> list[int]:
    """So many orders that wait to be processed."""
    product = await office.product(stock=100)
    orders = [(await office.place(product)).id for _ in range(count)]
    for order_id in orders:
        await office.request_processing(order_id)
    return orders


async def task_of(office: BackOffice, order_id: int) -> Task:
    async with office.uow() as uow:
        task: Task = await uow.tasks.get_by_id(office.tasks[order_id])
        return task


async def assert_sound(database: Database) -> None:
    violations: list[object] = []
    await SqlAuditor(database).examine(violations.append)
    assert violations == []


async def test_a_group_is_validated_paid_and_confirmed_as_one_order_would_be(
    database: Database,
) -> None:
    office = BackOffice(database)
    orders = await asked(office, 5)

    async with processing_of(office) as processing:
        assert await processing.process_due() == 5

    for order_id in orders:
        order = await office.order(order_id)
        assert (order.status, order.payment_status) == (OrderStatus.CONFIRMED, PaymentStatus.PAID)
        assert await office.events(order_id) == [
            "order.placed",
            "order.inventory_validated",
            "payment.requested",
            "payment.captured",
            "order.confirmed",
        ]
        task = await task_of(office, order_id)
        assert (task.state, task.attempts) == (TaskState.SUCCEEDED, 1)
        assert task.result == {
            "order_id": order_id,
            "status": "confirmed",
            "payment_status": "paid",
        }
    await assert_sound(database)


async def test_a_payment_made_in_a_group_is_the_same_as_one_made_alone(database: Database) -> None:
    office = BackOffice(database)
    (together,) = await asked(office, 1)
    async with processing_of(office) as processing:
        await processing.process_due()
    alone = await office.paid(await office.product("B"))

    assert shape(await office.payment(together)) == shape(await office.payment(alone.id))


def shape(payment: Payment) -> list[object]:
    (operation,) = payment.operations
    return [
        payment.status,
        str(payment.authorised),
        str(payment.captured),
        payment.provider,
        payment.provider_payment_id == f"sandbox_{operation.id}",
        operation.kind,
        operation.state,
        operation.sends,
        operation.sent_at == operation.first_sent_at,
        operation.due_at,
        operation.finished_at == payment.updated_at,
    ]


async def test_money_that_is_only_authorised_confirms_too(database: Database) -> None:
    office = BackOffice(database)
    (order_id,) = await asked(office, 1)

    async with processing_of(office, capture=False) as processing:
        await processing.process_due()

    assert (await office.payment(order_id)).status is PaymentState.AUTHORISED
    assert (await office.order(order_id)).status is OrderStatus.CONFIRMED
    await assert_sound(database)


class OneByOne(SandboxGateway):
    """Answers some orders only when it is told to."""

    def __init__(self, *slow: int) -> None:
        self._slow = set(slow)
        self.let_through = asyncio.Event()

    async def carry_out(self, call: GatewayCall) -> Outcome:
        if call.order_id in self._slow:
            await self.let_through.wait()
        return await super().carry_out(call)


async def test_a_slow_payment_delays_no_other_of_its_group_and_no_later_one(
    database: Database,
) -> None:
    gateway = OneByOne(1)
    office = BackOffice(database, gateway)
    orders = await asked(office, 3)

    async with processing_of(office) as processing:
        await processing.run_due()
        await until_confirmed(office, orders[1:])
        later = await asked_again(office)
        await processing.run_due()
        await until_confirmed(office, [later])
        assert processing.orders_in_progress == 1
        assert (await office.order(orders[0])).status is OrderStatus.PENDING
        gateway.let_through.set()
        await until_confirmed(office, orders)
    assert processing.orders_in_progress == 0


async def asked_again(office: BackOffice) -> int:
    order = await office.place(await office.product("B"))
    await office.request_processing(order.id)
    return order.id


async def until_confirmed(office: BackOffice, orders: list[int]) -> None:
    async with asyncio.timeout(AWAITED_S):
        for order_id in orders:
            while (await office.order(order_id)).status is not OrderStatus.CONFIRMED:
                await asyncio.sleep(0.01)


async def test_a_payment_that_waits_for_its_turn_is_not_asked_for_meanwhile(
    database: Database,
) -> None:
    gateway = OneByOne(1, 2, 3)
    office = BackOffice(database, gateway)
    orders = await asked(office, 2)

    async with processing_of(office, replace(LIMITS, calls_at_once=1)) as processing:
        await processing.run_due()
        await until_sent(office, orders)
        orders.append(await asked_again(office))
        begun = office.clock.now()
        await processing.run_due()
        await until_sent(office, orders)

        # The time of each ends about 30, 60 and 90 seconds later.
        in_turn = [await claimed(office, begun + (n - 0.5) * IN_FLIGHT) for n in range(1, 5)]
        assert [len(each) for each in in_turn] == [0, 1, 1, 1]
        assert in_turn[-1] == orders[-1:]
        gateway.let_through.set()
        await until_confirmed(office, orders)
    assert processing.orders_in_progress == 0


async def until_sent(office: BackOffice, orders: list[int]) -> None:
    async with asyncio.timeout(10):
        for order_id in orders:
            while not await office.details.payments(order_id):
                await asyncio.sleep(0.01)


async def claimed(office: BackOffice, now: datetime) -> list[int]:
    """The orders whose payments somebody asks for at that time, and not again for a day."""
    async with office.uow() as uow:
        orders = await uow.payments.claim_due(now=now, until=now + timedelta(days=1), limit=10)
        await uow.commit()
    return list(orders)


async def test_what_is_declined_fails_its_task_and_leaves_its_order_to_be_tried_again(
    database: Database,
) -> None:
    office = BackOffice(database)
    order = await office.place(await office.product())
    await office.request_processing(order.id, "tok_decline")

    async with processing_of(office) as processing:
        await processing.process_due()
        task = await task_of(office, order.id)
        assert (task.state, task.error and task.error["code"]) == (
            TaskState.FAILED,
            "payment_failed",
        )
        await office.request_processing(order.id)
        await processing.process_due()

    payments = await office.details.payments(order.id)
    assert [each.status for each in payments] == [PaymentState.FAILED, PaymentState.CAPTURED]
    assert (await office.order(order.id)).status is OrderStatus.CONFIRMED
    await assert_sound(database)


async def test_an_unknown_outcome_keeps_the_task_for_later_and_the_order_pending(
    database: Database,
) -> None:
    gateway = UnreliableGateway(OperationKind.CHARGE)
    office = BackOffice(database, gateway)
    (order_id,) = await asked(office, 1)

    async with processing_of(office) as processing:
        await processing.process_due()
        order, task = await office.order(order_id), await task_of(office, order_id)
        assert (order.status, order.payment_status) == (OrderStatus.PENDING, PaymentStatus.UNKNOWN)
        assert (task.state, task.error and task.error["code"]) == (
            TaskState.QUEUED,
            "payment_unresolved",
        )
        await assert_sound(database)
        gateway.mend()
        office.clock.advance(timedelta(minutes=2))
        await processing.process_due()

    assert (await task_of(office, order_id)).state is TaskState.SUCCEEDED
    assert list(gateway.executed.values()) == [1]
    await assert_sound(database)


async def test_a_card_that_turns_out_to_be_declined_is_not_charged_again_unasked(
    database: Database,
) -> None:
    gateway = UnreliableGateway(OperationKind.CHARGE)
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())
    await office.request_processing(order.id, "tok_decline")

    async with processing_of(office) as processing:
        await processing.process_due()
        gateway.mend()
        office.clock.advance(timedelta(minutes=2))
        await office.settle(order.id)
        await processing.process_due()
        task = await task_of(office, order.id)
        assert (task.state, task.error and task.error["code"]) == (
            TaskState.FAILED,
            "payment_failed",
        )
        assert len(gateway.executed) == 1
        await office.request_processing(order.id)
        await processing.process_due()

    assert (await office.order(order.id)).status is OrderStatus.CONFIRMED
    assert len(gateway.executed) == 2
    await assert_sound(database)


async def test_who_asks_again_with_another_card_is_heard_though_the_first_task_waits(
    database: Database,
) -> None:
    gateway = UnreliableGateway(OperationKind.CHARGE)
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())
    first = await office.request_processing(order.id, "tok_decline")

    async with processing_of(office) as processing:
        await processing.process_due()
        gateway.mend()
        await office.settle(order.id)
        again = await office.request_processing(order.id, "tok_good")
        await processing.process_due()

    assert again.id == first.id
    assert (await task_of(office, order.id)).state is TaskState.SUCCEEDED
    assert (await office.order(order.id)).status is OrderStatus.CONFIRMED
    await assert_sound(database)


async def test_who_asks_again_is_heard_though_his_clock_is_behind(database: Database) -> None:
    office = BackOffice(database)
    order = await office.place(await office.product())
    behind = BackOffice(database, clock=SteppingClock(), ids=office.ids)
    await office.request_processing(order.id, "tok_decline")

    async with processing_of(office) as processing:
        await processing.process_due()
        assert (await task_of(office, order.id)).state is TaskState.FAILED
        assert (await behind.request_processing(order.id)).created_at < office.clock.now()
        await processing.process_due()

    assert (await office.order(order.id)).status is OrderStatus.CONFIRMED


async def test_a_dead_task_that_a_person_retries_makes_another_payment_once_the_last_has_failed(
    database: Database,
) -> None:
    gateway = UnreliableGateway(OperationKind.CHARGE)
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())
    await office.request_processing(order.id, "tok_decline")

    async with processing_of(office) as processing:
        await processing.process_due()
        await die_and_be_retried(office, order.id)
        await processing.process_due()
        assert len(gateway.executed) == 1  # nobody knows yet what became of it
        gateway.mend()
        await office.settle(order.id)
        await die_and_be_retried(office, order.id)
        await processing.process_due()

    assert len(gateway.executed) == 2
    task = await task_of(office, order.id)
    assert (task.state, task.attempts) == (TaskState.FAILED, 1)


async def die_and_be_retried(office: BackOffice, order_id: int) -> None:
    async with office.uow() as uow:
        task = await uow.tasks.get_by_id(office.tasks[order_id])
        task.state = TaskState.DEAD
        await uow.commit()
    await retry_task(RetryTask(task_id=task.id), office.uow(), now=office.clock.now())


async def test_what_the_gateway_did_not_take_is_planned_for_later(database: Database) -> None:
    gateway = BusyGateway()
    office = BackOffice(database, gateway)
    (order_id,) = await asked(office, 1)

    async with processing_of(office) as processing:
        await processing.process_due()
        (operation,) = (await office.payment(order_id)).operations
        assert (operation.state, operation.first_sent_at) == (OperationState.PLANNED, None)
        assert (await office.order(order_id)).payment_status is PaymentStatus.UNPAID
        await assert_sound(database)
        gateway.is_free = True
        office.clock.advance(timedelta(minutes=2))
        await processing.process_due()

    assert (await office.order(order_id)).status is OrderStatus.CONFIRMED


async def test_an_order_cancelled_while_it_is_paid_is_given_its_money_back(
    database: Database,
) -> None:
    gateway = OneByOne(1)
    office = BackOffice(database, gateway)
    (order_id,) = await asked(office, 1)

    async with processing_of(office) as processing:
        await processing.run_due()
        async with asyncio.timeout(AWAITED_S):
            while not await office.details.payments(order_id):
                await asyncio.sleep(0.01)
        cancelling = asyncio.create_task(office.cancel(order_id))
        async with asyncio.timeout(AWAITED_S):
            while not (await office.order(order_id)).is_cancelling:
                await asyncio.sleep(0.01)
        gateway.let_through.set()
        await cancelling

    order = await office.order(order_id)
    assert (order.status, order.payment_status) == (
        OrderStatus.CANCELLED,
        PaymentStatus.REFUNDED,
    )
    await assert_sound(database)


async def test_a_worker_that_slept_over_its_lease_changes_nothing(database: Database) -> None:
    gateway = OneByOne(1)
    office = BackOffice(database, gateway)
    (order_id,) = await asked(office, 1)

    async with processing_of(office) as processing:
        await processing.run_due()
        async with asyncio.timeout(AWAITED_S):
            while not await office.details.payments(order_id):
                await asyncio.sleep(0.01)
        await claimed_by_another(office)
        gateway.let_through.set()

    assert (await office.payment(order_id)).status is PaymentState.PENDING
    task = await task_of(office, order_id)
    assert (task.state, task.fence) == (TaskState.RUNNING, 2)
    assert "payment.captured" not in await office.events(order_id)


async def claimed_by_another(office: BackOffice) -> None:
    office.clock.advance(timedelta(minutes=1))
    now = office.clock.now()
    async with SqlProcessingStore(office.database).transaction() as tx:
        claims = await tx.claim(
            PROCESS_ORDER, now=now, lease_until=now + timedelta(minutes=1), limit=1
        )
        await tx.commit()
    assert len(claims) == 1


async def test_the_gateway_is_never_called_inside_a_transaction(database: Database) -> None:
    gateway = WatchedGateway(database)
    office = BackOffice(database, gateway)
    await asked(office, 3)

    async with processing_of(office) as processing:
        await processing.process_due()

    assert gateway.calls == 3
