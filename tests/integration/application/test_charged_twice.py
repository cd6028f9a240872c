import asyncio

import pytest

from orderwright.application.commands.resolve_operation import OperationNeedsNobody
from orderwright.application.services.asking import Sent, call_of
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_operation import OperationState
from orderwright.domain.entities.payment_status import PaymentState, PaymentStatus
from orderwright.domain.interfaces.auditor import Violation
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind, Surplus
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.open_operations import SqlOpenOperationReader
from tests.back_office import BackOffice
from tests.gateways import DoubleGateway, KeylessGateway


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
    order = await office.order(order_id)
    assert (order.status, order.payment_status) == (OrderStatus.CONFIRMED, PaymentStatus.PAID)
    assert "payment.made_twice" in await office.events(order_id)
    (shown,) = await SqlOpenOperationReader(database).in_need(skip=0, limit=10)
    assert (shown.order_id, shown.provider_payment_id) == (order_id, "again")
    assert (shown.state, shown.due_at) == (OperationState.SUCCEEDED, None)
    violations: list[Violation] = []
    await SqlAuditor(database).examine(violations.append)
    assert violations == []


async def hear(office: BackOffice, order_id: int, told: Outcome) -> None:
    """The gateway says this of the first payment."""
    payment, *_ = await office.details.payments(order_id)
    sent = Sent(call_of(payment.operations[0], payment), payment.id, sends=2)
    await office.settlement.hear(order_id, [(sent, told)], RequestContext())


async def standing(office: BackOffice, order_id: int) -> dict[str | None, PaymentState]:
    payments = await office.details.payments(order_id)
    return {each.provider_payment_id: each.status for each in payments}


async def test_what_was_taken_twice_is_found_though_somebody_else_was_told_of_the_other_one_first(
    database: Database,
) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product())
    recorded = (await office.payment(order.id)).provider_payment_id
    assert recorded is not None

    told = Outcome(
        kind=OutcomeKind.SUCCEEDED,
        provider_payment_id="again",
        surplus=(Surplus(recorded, order.total),),
    )
    for _ in range(2):
        await hear(office, order.id, told)

    assert await standing(office, order.id) == {
        recorded: PaymentState.CAPTURED,
        "again": PaymentState.REFUNDED,
    }


async def test_an_order_that_is_paid_for_waits_for_no_other_payment(database: Database) -> None:
    gateway = DoubleGateway()
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())
    await BackOffice(database, clock=office.clock, ids=office.ids).process(order.id, "tok_decline")
    waiting = await office.process(order.id)
    assert (waiting.status, waiting.payment_status) == (OrderStatus.PENDING, PaymentStatus.UNKNOWN)

    # Then it turns out that the first was made after all, and twice.
    twice = Outcome(
        kind=OutcomeKind.SUCCEEDED,
        provider_payment_id="first",
        surplus=(Surplus("first again", order.total),),
    )
    await hear(office, order.id, twice)

    paid = await office.order(order.id)
    assert (paid.status, paid.payment_status) == (OrderStatus.CONFIRMED, PaymentStatus.PAID)
    await office.settle(order.id)  # of the other payment, it turns out the same
    assert await standing(office, order.id) == {
        "first": PaymentState.CAPTURED,
        "first again": PaymentState.REFUNDED,
        "once": PaymentState.REFUNDED,
        "again": PaymentState.REFUNDED,
    }
    violations: list[Violation] = []
    await SqlAuditor(database).examine(violations.append)
    assert violations == []
    assert (await office.order(order.id)).payment_status is PaymentStatus.PAID


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


async def test_what_two_who_asked_at_once_were_each_told_of_is_paid_once(
    database: Database,
) -> None:
    gateway = KeylessGateway()
    office = BackOffice(database, gateway)
    order = await office.place(await office.product())
    slow = asyncio.create_task(office.process(order.id))
    await gateway.is_asked.wait()
    await office.settle(order.id)
    gateway.may_answer.set()
    await slow

    assert await standing(office, order.id) == {
        "2": PaymentState.CAPTURED,
        "1": PaymentState.REFUNDED,
    }
    assert gateway.given_back == {"1": 1250}
    (shown,) = await SqlOpenOperationReader(database).in_need(skip=0, limit=10)
    assert shown.provider_payment_id == "1"
    await office.resolve(shown.id, succeeded=True, provider_payment_id="somebody else's")
    assert gateway.given_back == {"1": 1250}
