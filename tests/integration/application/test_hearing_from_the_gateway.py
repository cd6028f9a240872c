"""What a gateway tells by itself makes us ask it, once an event, and nothing more."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from orderwright.application.commands.forget_expired import ForgetExpired, forget_expired
from orderwright.application.commands.hear_from_gateway import (
    Heard,
    HearFromGateway,
    hear_from_gateway,
)
from orderwright.application.commands.settle_order import SETTLE_ORDER
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.interfaces.gateway_webhooks import GatewayEvent
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.infrastructure.database import tables_payments, tables_work
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.gateways import LateGateway, UnreliableGateway

DAY = timedelta(days=1)


@pytest.fixture
def gateway() -> UnreliableGateway:
    return UnreliableGateway(OperationKind.CHARGE)


@pytest.fixture
def office(database: Database, gateway: UnreliableGateway) -> BackOffice:
    return BackOffice(database, gateway=gateway)


async def unheard(office: BackOffice) -> tuple[Order, str]:
    """An order whose charge got no answer, and the reference of that."""
    order = await office.process((await office.place(await office.product())).id)
    assert order.payment_status is PaymentStatus.UNKNOWN
    (operation,) = (await office.payment(order.id)).operations
    return order, operation.id


async def hear(office: BackOffice, reference: str | None, event_id: str = "evt-1") -> Heard:
    event = GatewayEvent(id=event_id, reference=reference)
    return await hear_from_gateway(
        HearFromGateway(provider="http", event=event),
        office.uow(),
        ids=office.ids,
        now=office.clock.now(),
    )


async def settling(office: BackOffice) -> list[int]:
    """The orders of the tasks that the events put down: they are due at once."""
    columns = tables_work.tasks.c
    due = columns.due_at == columns.created_at
    async with office.database.read_sessions() as session:
        found = await session.scalars(select(columns.order_id).where(due))
        return [order_id for order_id in found if order_id is not None]


async def kept(office: BackOffice) -> list[tuple[str, str, str | None, int | None]]:
    events = tables_payments.gateway_events.c
    asked = select(events.provider, events.event_id, events.reference, events.order_id)
    async with office.database.read_sessions() as session:
        return [tuple(row) for row in await session.execute(asked.order_by(events.event_id))]


async def test_an_event_about_an_open_operation_has_the_gateway_asked(
    office: BackOffice, gateway: UnreliableGateway
) -> None:
    order, reference = await unheard(office)
    before = await settling(office)

    assert await hear(office, reference) is Heard.ASKING

    assert await settling(office) == [*before, order.id]
    assert await kept(office) == [("http", "evt-1", reference, order.id)]
    assert (await office.order(order.id)).payment_status is PaymentStatus.UNKNOWN
    gateway.mend()
    assert (await office.settle(order.id)).status is OrderStatus.CONFIRMED
    assert gateway.executed[reference] == 1


async def test_an_event_is_heard_once_however_often_it_is_told(office: BackOffice) -> None:
    order, reference = await unheard(office)
    before = await settling(office)

    heard = [await hear(office, reference) for _ in range(3)]

    assert heard == [Heard.ASKING, Heard.HEARD_BEFORE, Heard.HEARD_BEFORE]
    assert await settling(office) == [*before, order.id]


async def test_of_many_who_tell_of_an_event_at_once_one_is_heard(office: BackOffice) -> None:
    order, reference = await unheard(office)
    before = await settling(office)

    heard = await asyncio.gather(*(hear(office, reference) for _ in range(8)))

    assert sorted(heard) == [Heard.ASKING, *[Heard.HEARD_BEFORE] * 7]
    assert await settling(office) == [*before, order.id]
    assert len(await kept(office)) == 1


async def test_an_event_of_what_is_settled_asks_nobody(
    office: BackOffice, gateway: UnreliableGateway
) -> None:
    order, reference = await unheard(office)
    gateway.mend()
    await office.settle(order.id)
    before = await settling(office)

    assert await hear(office, reference) is Heard.NOTHING_OPEN

    assert await settling(office) == before
    assert await kept(office) == [("http", "evt-1", reference, order.id)]


@pytest.mark.parametrize("reference", ["nobody's", None])
async def test_an_event_about_nothing_of_ours_is_noted(
    reference: str | None, office: BackOffice
) -> None:
    assert await hear(office, reference) is Heard.UNKNOWN_REFERENCE

    assert await kept(office) == [("http", "evt-1", reference, None)]
    assert await settling(office) == []


async def test_events_of_two_gateways_may_have_the_same_id(office: BackOffice) -> None:
    event = GatewayEvent(id="evt-1", reference=None)
    command = HearFromGateway(provider="http", event=event)

    heard = [
        await hear_from_gateway(each, office.uow(), ids=office.ids, now=office.clock.now())
        for each in (command, replace(command, provider="stripe"))
    ]

    assert heard == [Heard.UNKNOWN_REFERENCE] * 2


async def test_events_are_forgotten_when_no_gateway_would_tell_of_them_again(
    office: BackOffice,
) -> None:
    received = office.clock.now() + timedelta(seconds=1)  # the clock's next
    await hear(office, None, "old")
    command = ForgetExpired(idempotency_keys=DAY, batch=1)

    assert await forget_expired(command, office.units, now=received + 30 * DAY) == 0
    later = received + 30 * DAY + timedelta(microseconds=1)
    assert await forget_expired(command, office.units, now=later) == 1
    assert await kept(office) == []


async def test_a_failure_after_it_was_noted_leaves_the_event_to_be_told_again(
    office: BackOffice,
) -> None:
    order, reference = await unheard(office)
    before = await settling(office)

    class NoIds:
        def new_id(self) -> str:
            raise RuntimeError("the process is about to die")

        secret = new_id

    with pytest.raises(RuntimeError):
        await hear_from_gateway(
            HearFromGateway(provider="http", event=GatewayEvent(id="e", reference=reference)),
            office.uow(),
            ids=NoIds(),
            now=office.clock.now(),
        )

    assert await kept(office) == []
    assert await hear(office, reference, "e") is Heard.ASKING
    assert await settling(office) == [*before, order.id]


async def test_nothing_but_the_event_and_the_task_is_written(office: BackOffice) -> None:
    order, reference = await unheard(office)
    events = await office.events(order.id)

    await hear(office, reference)

    assert await office.events(order.id) == events
    async with office.database.read_sessions() as session:
        movements = await session.scalar(
            select(func.count()).select_from(tables_payments.payment_operations)
        )
    assert movements == 1


async def test_money_taken_after_a_person_said_that_it_was_not_is_found_and_counts(
    database: Database,
) -> None:
    gateway = LateGateway(key_lifetime=DAY, can_look_up=True)
    office = BackOffice(database, gateway=gateway)
    order = await office.place(await office.product())
    await office.process(order.id)
    office.clock.advance(DAY)
    await office.settle(order.id)
    (operation,) = (await office.payment(order.id)).operations
    await office.resolve(operation.id, succeeded=False)
    assert (await office.order(order.id)).payment_status is PaymentStatus.FAILED
    gateway.has_done_it = True

    assert await hear(office, operation.id) is Heard.ASKING
    async with office.database.read_sessions() as session:
        promised = select(tables_work.tasks.c.payload).where(
            tables_work.tasks.c.name == SETTLE_ORDER
        )
        assert {"order_id": order.id, "late": operation.id} in (
            await session.scalars(promised)
        ).all()
    await office.settlement.hear_after_all(order.id, operation.id, RequestContext())

    late = await office.order(order.id)
    assert (late.status, late.payment_status) == (OrderStatus.CONFIRMED, PaymentStatus.PAID)
