import pytest

from orderwright.application.commands.capture_payment import CapturePayment, capture_payment
from orderwright.application.commands.process_order import ProcessOrder, process_order
from orderwright.application.commands.void_payment import VoidPayment, void_payment
from orderwright.domain.entities.order import CancellationInProgress, Order
from orderwright.domain.entities.payment import Payment, PaymentInProgress
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.payment_status import PaymentState, PaymentStatus
from orderwright.domain.interfaces.auditor import Violation
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.value_objects.actor import Actor
from orderwright.domain.value_objects.permission import Permission, PermissionDenied
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.unit_of_work import SqlUnitOfWork
from tests.back_office import BackOffice
from tests.gateways import RefusingGateway, UnreliableGateway, WatchedGateway

CASHIER = Actor("user:1", frozenset({Permission.PAYMENTS_WRITE}))
CLERK = Actor("user:2", frozenset({Permission.ORDERS_WRITE}))


async def authorised(office: BackOffice) -> Order:
    placed = await office.place(await office.product(), 2)
    command = ProcessOrder(order_id=placed.id, provider="sandbox", capture=False)
    settle = office.settlement.settle
    return await process_order(
        command, office.uow(), settle=settle, now=office.clock.now(), ids=office.ids
    )


def acting(office: BackOffice, actor: Actor = CASHIER) -> SqlUnitOfWork:
    return office.units(RequestContext(actor=actor))


async def capture(office: BackOffice, order: Order, *, uow: SqlUnitOfWork | None = None) -> Payment:
    payment = await office.payment(order.id)
    return await capture_payment(
        CapturePayment(order_id=order.id, payment_id=payment.id),
        uow or acting(office),
        settle=office.settlement.settle,
        now=office.clock.now(),
        ids=office.ids,
    )


async def void(office: BackOffice, order: Order, *, uow: SqlUnitOfWork | None = None) -> Payment:
    payment = await office.payment(order.id)
    return await void_payment(
        VoidPayment(order_id=order.id, payment_id=payment.id),
        uow or acting(office),
        settle=office.settlement.settle,
        now=office.clock.now(),
        ids=office.ids,
    )


async def assert_audited(office: BackOffice) -> None:
    violations: list[Violation] = []
    await SqlAuditor(office.database).examine(violations.append)
    assert violations == []


async def test_a_capture_without_an_answer_is_asked_for_and_never_repeated(
    database: Database,
) -> None:
    gateway = UnreliableGateway(OperationKind.CAPTURE)
    office = BackOffice(database, gateway)
    order = await authorised(office)

    unknown = await capture(office, order)
    assert unknown.status is PaymentState.UNKNOWN
    assert [each.kind for each in unknown.open_operations] == [OperationKind.CAPTURE]
    with pytest.raises(PaymentInProgress):
        await capture(office, order)
    with pytest.raises(PaymentInProgress):
        await void(office, order)

    gateway.mend()
    settled = await office.settle(order.id)

    assert settled.payment_status is PaymentStatus.PAID
    assert sorted(gateway.executed.values()) == [1, 1]
    assert (await office.events(order.id))[-3:] == [
        "payment.capture_requested",
        "payment.unknown",
        "payment.captured",
    ]
    await assert_audited(office)


async def test_a_capture_that_the_gateway_refuses_leaves_the_money_authorised(
    database: Database,
) -> None:
    gateway = RefusingGateway(OperationKind.CAPTURE)
    office = BackOffice(database, gateway)
    order = await authorised(office)

    refused = await capture(office, order)
    assert (refused.status, str(refused.captured)) == (PaymentState.AUTHORISED, "0.00")
    assert refused.operations[-1].error_code == "not_today"

    gateway.relent()
    assert (await capture(office, order)).status is PaymentState.CAPTURED
    await assert_audited(office)


async def test_cancelling_an_order_whose_capture_is_unanswered_gives_the_money_back(
    database: Database,
) -> None:
    gateway = UnreliableGateway(OperationKind.CAPTURE)
    office = BackOffice(database, gateway)
    order = await authorised(office)
    await capture(office, order)

    cancelling = await office.cancel(order.id)
    assert cancelling.is_cancelling
    with pytest.raises(CancellationInProgress):
        await capture(office, order)
    gateway.mend()
    settled = await office.settle(order.id)

    assert (settled.status, settled.payment_status) == ("cancelled", PaymentStatus.REFUNDED)
    assert str((await office.payment(order.id)).refunded) == "25.00"
    await assert_audited(office)


async def test_the_gateway_is_asked_outside_of_any_transaction(database: Database) -> None:
    gateway = WatchedGateway(database)
    office = BackOffice(database, gateway)
    order = await authorised(office)

    await capture(office, order)

    assert gateway.calls == 2


async def test_what_an_interrupted_request_planned_is_carried_out_once(
    database: Database,
) -> None:
    gateway = UnreliableGateway()
    office = BackOffice(database, gateway)
    order = await authorised(office)
    payment = await office.payment(order.id)
    uow = acting(office)

    async def dies(_order_id: int, _context: RequestContext) -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await capture_payment(
            CapturePayment(order_id=order.id, payment_id=payment.id),
            uow,
            settle=dies,
            now=office.clock.now(),
            ids=office.ids,
        )
    assert (await office.order(order.id)).payment_status is PaymentStatus.AUTHORISED

    resumed = await capture(office, order, uow=uow)

    assert resumed.status is PaymentState.CAPTURED
    assert sorted(gateway.executed.values()) == [1, 1]
    await assert_audited(office)


async def test_money_is_moved_by_those_who_may(database: Database) -> None:
    office = BackOffice(database)
    order = await authorised(office)
    before = await office.events(order.id)

    with pytest.raises(PermissionDenied):
        await capture(office, order, uow=acting(office, CLERK))
    with pytest.raises(PermissionDenied):
        await void(office, order, uow=acting(office, CLERK))

    assert await office.events(order.id) == before
