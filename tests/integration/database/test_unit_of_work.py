import gc
import weakref
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import select

from orderwright.application.commands.create_product import CreateProduct, create_product
from orderwright.domain.entities.customer import Customer, CustomerNotFound
from orderwright.domain.entities.location import Location
from orderwright.domain.entities.product import SkuTaken
from orderwright.domain.events.order import OrderChanged
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.value_objects.actor import Actor
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.unit_of_work import SqlUnitOfWork
from tests.back_office import BackOffice
from tests.builders import NOW
from tests.collector import without_collector

CLERK = RequestContext(actor=Actor("user:3", frozenset()), correlation_id="request-1")


@pytest.fixture
def office(database: Database) -> BackOffice:
    return BackOffice(database)


def clerk(office: BackOffice) -> SqlUnitOfWork:
    return office.units(CLERK)


async def rows(database: Database, *columns: Any, aggregate: str = "customer") -> Sequence[Any]:
    """Of the events, in the order they were written."""
    events = tables.events.c
    question = select(*columns).where(events.aggregate == aggregate).order_by(events.id)
    async with database.read_sessions() as session:
        return [tuple(row) for row in await session.execute(question)]


async def sequences(database: Database, aggregate: str = "customer") -> Sequence[Any]:
    events = tables.events.c
    return await rows(database, events.sequence, events.name, aggregate=aggregate)


async def stored(database: Database, table: str) -> int:
    async with database.read_sessions() as session:
        return len((await session.execute(select(tables.metadata.tables[table]))).all())


async def a_customer(office: BackOffice) -> int:
    async with clerk(office) as uow:
        customer = Customer.create(name="Ada", now=NOW)
        await uow.customers.add(customer)
        await uow.commit()
    return customer.id


async def test_a_commit_gives_back_what_it_was_given(office: BackOffice) -> None:
    async with office.uow() as uow:
        assert await uow.commit("result") == "result"


async def test_events_say_what_happened_who_did_it_and_for_which_request(
    office: BackOffice,
) -> None:
    customer_id = await a_customer(office)

    events = tables.events.c
    (event,) = await rows(
        office.database,
        events.aggregate_id,
        events.sequence,
        events.name,
        events.payload,
        events.actor,
        events.correlation_id,
        events.occurred_at,
    )
    assert event == (
        customer_id,
        1,
        "customer.created",
        {"external_ref": None},
        "user:3",
        "request-1",
        NOW,
    )


async def test_sequences_go_on_over_transactions_and_end_at_the_version(
    office: BackOffice,
) -> None:
    customer_id = await a_customer(office)
    for name in ("Grace", "Edsger"):
        async with office.uow() as uow:
            customer = await uow.customers.get_by_id(customer_id)
            customer.change({"name": name}, NOW)
            customer.change({"email": f"{name}@example.org"}, NOW)
            await uow.commit()

    assert await sequences(office.database) == [
        (1, "customer.created"),
        (2, "customer.changed"),
        (3, "customer.changed"),
        (4, "customer.changed"),
        (5, "customer.changed"),
    ]
    assert customer.version == 5


async def test_what_is_not_committed_never_happened(office: BackOffice) -> None:
    product = await office.product(stock=0)
    before = [await stored(office.database, each) for each in ("events", "stock_movements")]

    async with office.uow() as uow:
        await uow.customers.add(Customer.create(name="Nobody", now=NOW))
        level = await uow.stock.level(product, 1)
        level.adjust(5, "a box", NOW)

    assert await stored(office.database, "customers") == 0
    assert [await stored(office.database, each) for each in ("events", "stock_movements")] == before
    assert (await office.stock(product)).on_hand == 0


async def test_an_error_undoes_everything_and_is_not_swallowed(office: BackOffice) -> None:
    with pytest.raises(ZeroDivisionError):
        async with office.uow() as uow:
            await uow.customers.add(Customer.create(name="Nobody", now=NOW))
            raise ZeroDivisionError

    assert await stored(office.database, "customers") == 0
    assert await sequences(office.database) == []


async def test_what_comes_after_a_commit_is_undone(office: BackOffice) -> None:
    async with office.uow() as uow:
        await uow.customers.add(Customer.create(name="Ada", now=NOW))
        await uow.commit()
        await uow.customers.add(Customer.create(name="Nobody", now=NOW))

    assert await stored(office.database, "customers") == 1
    assert await sequences(office.database) == [(1, "customer.created")]


async def test_events_of_what_a_use_case_let_go_of_are_written(office: BackOffice) -> None:
    async def add_and_forget(uow: SqlUnitOfWork) -> None:
        await uow.locations.add(Location.create(name="Annexe", now=NOW))

    async def change_and_forget(uow: SqlUnitOfWork, customer_id: int) -> None:
        customer = await uow.customers.get_by_id(customer_id)
        customer.change({"name": "Grace"}, NOW)
        await uow.products.find_by_skus(["A"])  # asks the database, so writes what has changed

    customer_id = await a_customer(office)
    async with office.uow() as uow:
        await add_and_forget(uow)
        await change_and_forget(uow, customer_id)
        gc.collect()
        await uow.commit()

    assert await sequences(office.database, "location") == [
        (1, "location.created"),  # of the first, there from the start
        (1, "location.created"),
    ]
    assert await sequences(office.database) == [(1, "customer.created"), (2, "customer.changed")]


async def test_asking_for_it_again_keeps_a_change_and_its_event(office: BackOffice) -> None:
    customer_id = await a_customer(office)

    async with office.uow() as uow:
        customer = await uow.customers.get_by_id(customer_id)
        customer.change({"name": "Grace"}, NOW)
        again = await uow.customers.get_by_id(customer_id)
        assert again is customer
        assert (again.name, again.version) == ("Grace", 2)
        await uow.commit()

    assert await sequences(office.database) == [(1, "customer.created"), (2, "customer.changed")]


async def test_movements_are_written_with_the_counters_they_explain(office: BackOffice) -> None:
    product = await office.product(stock=0)
    async with clerk(office) as uow:
        level = await uow.stock.level(product, 1)
        level.adjust(5, "a box", NOW)
        level.adjust(-2, "two broken", NOW)
        await uow.commit()

    movements = tables.stock_movements.c
    async with office.database.read_sessions() as session:
        written = await session.execute(
            select(
                movements.kind,
                movements.on_hand_delta,
                movements.reserved_delta,
                movements.reason,
                movements.actor,
            ).order_by(movements.id)
        )
        assert [tuple(row) for row in written] == [
            ("adjustment", 5, 0, "a box", "user:3"),
            ("adjustment", -2, 0, "two broken", "user:3"),
        ]
    assert (await office.stock(product)).available == 3


async def test_records_are_written_once_over_several_transactions_of_one_unit(
    office: BackOffice,
) -> None:
    uow = office.uow()
    async with uow:
        customer = Customer.create(name="Ada", now=NOW)
        await uow.customers.add(customer)
        await uow.checkpoint("customer")
    async with uow:
        await uow.customers.get_by_id(customer.id)
        await uow.commit()

    assert await sequences(office.database) == [(1, "customer.created")]


async def test_a_unit_can_go_on_after_a_checkpoint_in_the_same_breath(office: BackOffice) -> None:
    async with office.uow() as uow:
        customer = Customer.create(name="Ada", now=NOW)
        await uow.customers.add(customer)
        await uow.checkpoint("customer")
        customer.change({"name": "Grace"}, NOW)
        await uow.commit()

    assert await sequences(office.database) == [(1, "customer.created"), (2, "customer.changed")]


async def test_a_taken_name_is_refused_in_words_and_nothing_is_kept(office: BackOffice) -> None:
    await office.product("MUG", stock=0)
    events = await sequences(office.database, "product")
    again = CreateProduct(sku="MUG", name="Another mug", price=(await _price(office)))

    with pytest.raises(SkuTaken):
        await create_product(again, office.uow(), now=NOW)

    assert await sequences(office.database, "product") == events
    assert await stored(office.database, "products") == 1


async def _price(office: BackOffice) -> Any:
    async with office.uow() as uow:
        (product,) = (await uow.products.find_by_skus(["MUG"])).values()
    return product.price


async def test_what_is_not_there_is_not_found(office: BackOffice) -> None:
    with pytest.raises(CustomerNotFound, match="no customer has this id"):
        async with office.uow() as uow:
            await uow.customers.get_by_id(999)


async def test_an_order_and_its_events_are_one_aggregate(office: BackOffice) -> None:
    order = await office.place(await office.product(stock=5))

    async with office.uow() as uow:
        loaded = await uow.orders.get_by_id(order.id)
        loaded.notes = "ring twice"
        loaded.note(OrderChanged(changed=("notes",), before={}, after={}), NOW)
        await uow.commit()

    assert await office.events(order.id) == ["order.placed", "order.changed"]
    assert (await office.order(order.id)).version == 2


@pytest.mark.parametrize("is_refused", [False, True])
async def test_it_leaves_nothing_to_the_garbage_collector(
    office: BackOffice, *, is_refused: bool
) -> None:
    uow = clerk(office)
    with without_collector():
        with suppress(CustomerNotFound):
            async with uow:
                await uow.customers.add(Customer.create(name="Ada", now=NOW))
                await uow.commit()
                if is_refused:
                    raise CustomerNotFound("no such customer")
        left = weakref.ref(uow)
        del uow

        assert left() is None
