import asyncio
from datetime import timedelta

import pytest

from orderwright.application.services import expiry
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_operation import OperationKind, OperationState
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.open_operations import SqlOpenOperationReader
from tests.back_office import BackOffice
from tests.gateways import HangingGateway, RefusingGateway, UnreliableGateway
from tests.patience import AWAITED_S

AN_HOUR = timedelta(minutes=60)


async def test_a_pending_order_expires_after_its_time_and_its_stock_is_free_again(
    database: Database,
) -> None:
    office = BackOffice(database)
    product = await office.product(stock=3)
    order = await office.place(product, 3)

    assert await office.expiry().expire_due() == 0
    office.clock.advance(AN_HOUR)
    assert await office.expiry().expire_due() == 1

    expired = await office.order(order.id)
    assert (expired.status, expired.cancellation_reason) == (
        OrderStatus.CANCELLED,
        "not paid in time",
    )
    level = await office.stock(product)
    assert (level.on_hand, level.reserved) == (3, 0)
    assert (await office.events(order.id))[-1] == "order.cancelled"


async def test_one_sweep_makes_up_for_all_that_were_missed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "PAGE", 2)
    office = BackOffice(database)
    product = await office.product(stock=5)
    for _ in range(5):
        await office.place(product)
    office.clock.advance(AN_HOUR)

    assert await office.expiry().expire_due() == 5


async def test_an_order_that_is_paid_does_not_expire(database: Database) -> None:
    office = BackOffice(database)
    order = await office.paid(await office.product())
    office.clock.advance(AN_HOUR)

    assert await office.expiry().expire_due() == 0
    assert (await office.order(order.id)).status is OrderStatus.CONFIRMED


async def test_a_declined_order_expires_too(database: Database) -> None:
    office = BackOffice(database)
    order = await office.place(await office.product())
    await office.process(order.id, "tok_decline")
    office.clock.advance(AN_HOUR)

    assert await office.expiry().expire_due() == 1
    assert (await office.order(order.id)).status is OrderStatus.CANCELLED


async def test_two_sweepers_expire_an_order_once(database: Database) -> None:
    office = BackOffice(database)
    product = await office.product()
    orders = [await office.place(product) for _ in range(3)]
    office.clock.advance(AN_HOUR)

    counts = await asyncio.gather(office.expiry().expire_due(), office.expiry().expire_due())

    assert sum(counts) == 3
    for order in orders:
        assert (await office.events(order.id)).count("order.cancelled") == 1
    assert (await office.stock(product)).reserved == 0


async def test_an_order_with_an_unknown_charge_is_not_cancelled_before_its_money_is_back(
    database: Database,
) -> None:
    gateway = UnreliableGateway(OperationKind.CHARGE)
    office = BackOffice(database, gateway)
    product = await office.product()
    order = await office.place(product)
    await office.process(order.id)
    office.clock.advance(AN_HOUR)

    assert await office.expiry().expire_due() == 1
    waiting = await office.order(order.id)
    assert (waiting.status, waiting.is_cancelling) == (OrderStatus.PENDING, True)
    assert (await office.stock(product)).reserved == 1

    gateway.mend()
    settled = await office.settle(order.id)
    assert (settled.status, settled.payment_status) == (
        OrderStatus.CANCELLED,
        PaymentStatus.REFUNDED,
    )
    assert (await office.stock(product)).reserved == 0


async def test_an_order_whose_gateway_hangs_keeps_no_other_from_expiring(
    database: Database,
) -> None:
    gateway = HangingGateway()
    office = BackOffice(database, gateway)
    product = await office.product()
    hanging = await office.place(product)
    await office.process(hanging.id)
    unpaid = await office.place(product)
    office.clock.advance(AN_HOUR)

    sweep = asyncio.create_task(office.expiry().expire_due())
    async with asyncio.timeout(AWAITED_S):
        while (await office.order(unpaid.id)).status is not OrderStatus.CANCELLED:
            await asyncio.sleep(0.01)
    assert not sweep.done()
    gateway.may_answer.set()

    assert await sweep == 2


async def test_money_that_is_refused_to_an_order_that_expired_needs_somebody(
    database: Database,
) -> None:
    gateway = RefusingGateway(OperationKind.REFUND)
    unsure = UnreliableGateway(OperationKind.CHARGE)
    office = BackOffice(database, unsure)
    order = await office.place(await office.product())
    await office.process(order.id)
    office.clock.advance(AN_HOUR)
    await BackOffice(database, gateway, office.clock, office.ids).expiry().expire_due()

    reader = SqlOpenOperationReader(database)
    (shown,) = await reader.in_need(skip=0, limit=10)
    assert (shown.order_id, shown.kind, shown.state, shown.due_at) == (
        order.id,
        OperationKind.REFUND,
        OperationState.FAILED,
        None,
    )
    assert (await office.events(order.id))[-2:] == ["refund.failed", "payment.needs_attention"]

    assert (await office.cancel(order.id)).status is OrderStatus.CANCELLED
    assert await reader.in_need(skip=0, limit=10) == []
