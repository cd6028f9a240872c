"""Use cases at the same time, on one database: who waits, who loses, and that it all adds up."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence

import pytest
from sqlalchemy import select

from orderwright.application.commands.adjust_stock import AdjustStock, adjust_stock
from orderwright.application.commands.change_customer import ChangeCustomer, change_customer
from orderwright.application.commands.create_location import CreateLocation, create_location
from orderwright.application.commands.place_order import PlaceOrder
from orderwright.application.commands.refund_order import RefundOrder
from orderwright.application.queries.audit import audit
from orderwright.application.services.pricing import WantedItem
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.stock import OutOfStock
from orderwright.domain.errors import Conflict
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice


@pytest.fixture
def office(database: Database) -> BackOffice:
    return BackOffice(database)


async def together(*acts: Awaitable[object]) -> Sequence[object]:
    return await asyncio.gather(*acts, return_exceptions=True)


def kinds(results: Sequence[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def order_of(office: BackOffice, customer_id: int, *products: int) -> Awaitable[int]:
    items = [WantedItem(product_id=product, quantity=1) for product in products]
    command = PlaceOrder(customer_id=customer_id, items=items)
    return office.place_command(command)


async def adds_up(office: BackOffice) -> bool:
    report = await audit(SqlAuditor(office.database))
    assert report.violations == []
    return report.ok


async def test_the_last_unit_is_sold_once(office: BackOffice) -> None:
    customer, product = await office.customer(), await office.product(stock=1)

    results = await together(*(order_of(office, customer, product) for _ in range(2)))

    assert kinds(results) == {"int": 1, "OutOfStock": 1}
    (refusal,) = [result for result in results if isinstance(result, OutOfStock)]
    assert refusal.facts == {"product_id": product, "available": 0}
    stock = await office.stock(product)
    assert (stock.on_hand, stock.reserved) == (1, 1)
    assert await adds_up(office)


async def test_as_many_orders_are_placed_as_there_are_units(office: BackOffice) -> None:
    customer, product = await office.customer(), await office.product(stock=5)

    results = await together(*(order_of(office, customer, product) for _ in range(20)))

    assert kinds(results) == {"int": 5, "OutOfStock": 15}
    assert await adds_up(office)


async def test_orders_for_the_same_goods_in_opposite_order_do_not_lock_each_other_out(
    office: BackOffice,
) -> None:
    customer = await office.customer()
    products = [await office.product(sku, stock=100) for sku in ("A", "B", "C")]

    for _ in range(5):
        results = await together(
            *(order_of(office, customer, *products) for _ in range(4)),
            *(order_of(office, customer, *reversed(products)) for _ in range(4)),
        )
        assert kinds(results) == {"int": 8}

    assert [(await office.stock(product)).reserved for product in products] == [40, 40, 40]
    assert await adds_up(office)


async def test_levels_are_locked_in_one_order_whichever_way_they_are_asked_for(
    office: BackOffice,
) -> None:
    first, second = await office.product("A"), await office.product("B")
    annexe = await create_location(
        CreateLocation(name="Annexe"), office.uow(), now=office.clock.now()
    )
    for product, location in [(second, annexe.id), (first, annexe.id), (first, 1)]:
        adjustment = AdjustStock(
            product_id=product, delta=1, reason="moved in storage", location_id=location
        )
        await adjust_stock(adjustment, office.uow(), now=office.clock.now())

    async with office.uow() as uow:
        levels = await uow.stock.levels_of([second, first])

    assert [(level.product_id, level.location_id) for level in levels] == [
        (first, 1),
        (first, annexe.id),
        (second, 1),
        (second, annexe.id),
    ]


async def test_changes_of_one_customer_wait_for_each_other_and_none_is_lost(
    office: BackOffice,
) -> None:
    customer = await office.customer()

    def change(number: int) -> Awaitable[object]:
        command = ChangeCustomer(customer_id=customer, changes={"name": f"Ada {number}"})
        return change_customer(command, office.uow(), now=office.clock.now())

    results = await together(*(change(number) for number in range(10)))

    assert kinds(results) == {"Customer": 10}
    events = tables.events.c
    async with office.database.read_sessions() as session:
        sequences = await session.scalars(
            select(events.sequence).where(events.aggregate == "customer").order_by(events.id)
        )
        assert sequences.all() == list(range(1, 12))


async def test_an_order_is_shipped_or_cancelled_but_not_both(office: BackOffice) -> None:
    product = await office.product(stock=100)

    for _ in range(3):
        order = await office.paid(product, 2)
        results = await together(office.ship(order.id), office.cancel(order.id))
        refused = [result for result in results if isinstance(result, Conflict)]
        assert len(refused) == 1
        status = (await office.order(order.id)).status
        assert status in (OrderStatus.SHIPPED, OrderStatus.CANCELLED)

    assert await adds_up(office)


async def test_an_order_is_charged_once_however_often_it_is_processed_at_once(
    office: BackOffice,
) -> None:
    order = await office.place(await office.product(stock=10), 2)

    results = await together(*(office.process(order.id) for _ in range(5)))

    assert kinds(results) == {"Order": 5}
    assert len(await office.details.payments(order.id)) == 1
    assert str((await office.payment(order.id)).captured) == "25.00"
    assert (await office.events(order.id)).count("payment.captured") == 1
    assert await adds_up(office)


async def test_no_more_is_refunded_at_once_than_was_captured(office: BackOffice) -> None:
    order = await office.paid(await office.product(stock=10), 2)

    results = await together(
        *(office.refund(RefundOrder(order_id=order.id, amount="10.00")) for _ in range(4))
    )

    assert kinds(results) == {"Refund": 2, "RefundExceedsCaptured": 2}
    assert str((await office.payment(order.id)).refunded) == "20.00"
    assert await adds_up(office)


async def test_paying_and_cancelling_at_once_leaves_no_money_behind(office: BackOffice) -> None:
    product = await office.product(stock=100)

    for _ in range(3):
        order = await office.place(product, 2)
        await together(office.process(order.id), office.cancel(order.id))
        settled = await office.settle(order.id)
        assert settled.status is OrderStatus.CANCELLED
        for payment in await office.details.payments(order.id):
            assert payment.captured == payment.refunded

    assert (await office.stock(product)).reserved == 0
    assert await adds_up(office)
