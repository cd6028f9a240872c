"""Who changes `PAYMENT_PROVIDER` has payments at the old gateway: the new one knows nothing of them."""

from datetime import timedelta

from orderwright.application.services.asking import OTHER_GATEWAY
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice
from tests.gateways import BusyGateway, UnreliableGateway
from tests.open_operations import sweep_of
from tests.scripted_gateway import ScriptedGateway


class NewGateway(ScriptedGateway):
    @property
    def name(self) -> str:
        return "new"


def after_the_change(office: BackOffice) -> tuple[BackOffice, NewGateway]:
    gateway = NewGateway()
    return BackOffice(office.database, gateway, office.clock, office.ids), gateway


async def test_what_the_old_gateway_may_have_charged_the_new_one_is_not_asked_for(
    database: Database,
) -> None:
    old_gateway = UnreliableGateway(OperationKind.CHARGE)
    old = BackOffice(database, old_gateway)
    order = await old.place(await old.product())
    await old.process(order.id)
    new, gateway = after_the_change(old)
    new.clock.advance(timedelta(minutes=1))
    await sweep_of(new).ask_due()

    (operation,) = (await new.payment(order.id)).operations
    assert operation.attention_at is not None
    assert (await new.process(order.id)).payment_status is PaymentStatus.UNKNOWN
    assert gateway.answers == {}

    old_gateway.mend()  # and is in use again
    settled = await old.settle(order.id)
    assert (settled.status, settled.payment_status) == (OrderStatus.CONFIRMED, PaymentStatus.PAID)
    (operation,) = (await old.payment(order.id)).operations
    assert operation.attention_at is None


async def test_the_new_gateway_gives_back_nothing_that_the_old_one_took(database: Database) -> None:
    old = BackOffice(database)
    order = await old.paid(await old.product())
    new, gateway = after_the_change(old)

    cancelling = await new.cancel(order.id)

    assert (cancelling.status, cancelling.is_cancelling) == (OrderStatus.CONFIRMED, True)
    assert gateway.answers == {}
    (_, refund) = (await new.payment(order.id)).operations
    assert refund.attention_at is not None
    await new.resolve(refund.id, succeeded=True)  # a person did so at the old gateway
    cancelled = await new.order(order.id)
    assert (cancelled.status, cancelled.payment_status) == (
        OrderStatus.CANCELLED,
        PaymentStatus.REFUNDED,
    )


async def test_what_the_old_gateway_never_heard_of_the_new_one_is_asked_for_anew(
    database: Database,
) -> None:
    old = BackOffice(database, BusyGateway())
    order = await old.place(await old.product())
    await old.process(order.id)
    new, gateway = after_the_change(old)

    assert (await new.settle(order.id)).payment_status is PaymentStatus.FAILED
    (operation,) = (await new.payment(order.id)).operations
    assert operation.error_code == OTHER_GATEWAY
    assert (await new.process(order.id)).status is OrderStatus.CONFIRMED
    assert gateway.accounts[order.id].net == 1250
