"""One transaction for many orders, and to each what it would have heard alone."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from orderwright.application.commands.adjust_stock import AdjustStock, adjust_stock
from orderwright.application.commands.change_product import ChangeProduct, change_product
from orderwright.application.commands.create_location import CreateLocation, create_location
from orderwright.application.placement.catalogue_cache import CatalogueCache
from orderwright.application.placement.group_placer import GroupPlacer
from orderwright.application.queries.audit import audit
from orderwright.application.services.pricing import WantedItem
from orderwright.domain.interfaces.placement import CommitUnknown
from orderwright.domain.interfaces.task_queue import WaitingTask
from orderwright.domain.interfaces.unit_of_work import (
    DatabaseBusy,
    DatabaseUnavailable,
    TransactionConflict,
)
from orderwright.domain.value_objects.money import UnitPrice
from orderwright.infrastructure.crash_points import nothing
from orderwright.infrastructure.database import tables, tables_work
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.bulk.writing import RowsByTable, copy_rows
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.placement import postgresql
from orderwright.infrastructure.database.placement.store import SqlPlacementStore
from tests.back_office import GBP, BackOffice
from tests.integration.placement.counter import Counter, told


async def rows(counter: Counter, table: str) -> int:
    async with counter.office.database.read_sessions() as session:
        number = await session.scalar(
            select(func.count()).select_from(tables.metadata.tables[table])
        )
        return number or 0


async def adds_up(counter: Counter) -> None:
    report = await audit(SqlAuditor(counter.office.database))
    assert report.violations == []


async def test_each_of_a_group_is_placed_or_refused_by_itself(counter: Counter) -> None:
    ada = await counter.office.customer()
    apple = await counter.office.product("APPLE", stock=3)
    pear = await counter.office.product("PEAR", stock=1)

    outcomes = await counter.place(
        counter.request(ada, (apple, 2), (pear, 1)),
        counter.request(ada, (apple, 1), (pear, 1)),  # a pear is missing: no apple is kept for it
        counter.request(999, (apple, 1)),
        counter.request(ada, (999, 1)),
        counter.request(ada),
        counter.request(ada, (apple, 0)),
        counter.request(ada, (apple, 1)),
        counter.request(ada, (apple, 1)),
    )

    assert outcomes == [
        "placed 1",
        "out_of_stock",
        "customer_not_found",
        "unknown_product",
        "empty_order",
        "invalid_quantity",
        "placed 2",
        "out_of_stock",
    ]
    assert (await counter.office.stock(apple)).available == 0
    assert (await counter.office.stock(pear)).available == 0
    await adds_up(counter)


async def test_a_large_group_is_placed_as_a_small_one_is(counter: Counter) -> None:
    ada = await counter.office.customer()
    apple, pear = [await counter.office.product(sku, stock=90) for sku in ("APPLE", "PEAR")]
    requests = [
        counter.request(ada, (apple, 1), (pear, 1), key=f"key-{number}", pay_now=number < 5)
        for number in range(100)
    ]

    outcomes = await counter.place(*requests)

    assert outcomes == [f"placed {number}" for number in range(1, 91)] + ["out_of_stock"] * 10
    left = [await counter.office.stock(each) for each in (apple, pear)]
    assert [(level.on_hand, level.reserved) for level in left] == [(90, 90), (90, 90)]
    tables_written = ("orders", "order_items", "reservations", "tasks", "idempotency_keys")
    assert [await rows(counter, table) for table in tables_written] == [90, 180, 180, 5, 100]
    assert await counter.place(*requests[:2]) == ["again 1", "again 2"]
    await adds_up(counter)


async def test_first_come_is_first_served_within_a_group(counter: Counter) -> None:
    ada = await counter.office.customer()
    apple = await counter.office.product(stock=5)

    outcomes = await counter.place(*(counter.request(ada, (apple, 2)) for _ in range(4)))

    assert outcomes == ["placed 1", "placed 2", "out_of_stock", "out_of_stock"]


async def test_a_repetition_hears_the_first_answer_in_its_own_group_and_later(
    counter: Counter,
) -> None:
    ada = await counter.office.customer()
    apple = await counter.office.product(stock=5)
    first, other = (
        counter.request(ada, (apple, 1), key="k", said="one"),
        counter.request(ada, (apple, 1), key="k", said="another"),
    )

    assert await counter.place(first, first, other, first) == [
        "placed 1",
        "again 1",
        "idempotency_key_reused",
        "again 1",
    ]
    assert await counter.place(first, other) == ["again 1", "idempotency_key_reused"]
    assert await rows(counter, "orders") == 1
    assert await rows(counter, "idempotency_keys") == 1


async def test_a_refusal_is_repeated_too_but_not_one_that_may_pass(counter: Counter) -> None:
    ada = await counter.office.customer()
    apple = await counter.office.product(stock=0)
    wanted = counter.request(ada, (apple, 1), key="k")
    assert await counter.place(wanted, wanted) == ["out_of_stock", "again out_of_stock"]

    assert await counter.place(wanted) == ["again out_of_stock"]
    assert await rows(counter, "idempotency_keys") == 1


async def test_any_number_may_repeat_what_is_refused_without_a_kept_answer(
    counter: Counter,
) -> None:
    ada, apple = await counter.office.customer(), await counter.office.product(stock=3)
    wanted = counter.request(ada, (apple, 1), key="k")
    own_price = WantedItem(product_id=apple, quantity=1, unit_price="1.00")
    denied = replace(wanted, command=replace(wanted.command, items=[own_price]))

    outcomes = await counter.place(*[denied] * 500, wanted, denied, wanted)

    assert outcomes == ["permission_denied"] * 500 + ["placed 1", "again 1", "again 1"]
    assert await rows(counter, "idempotency_keys") == 1


async def test_a_key_that_somebody_holds_is_waited_for_until_they_have_given_it_up(
    counter: Counter,
) -> None:
    ada, apple = await counter.office.customer(), await counter.office.product(stock=5)
    now = counter.office.clock.now()
    held = {
        "caller": "api_key:1",
        "key": "k",
        "fingerprint": hashlib.sha256(b"one").hexdigest(),
        "lease_until": now + timedelta(seconds=15),
        "created_at": now,
    }
    async with counter.office.database.write_sessions.begin() as session:
        await session.execute(tables_work.idempotency_keys.insert().values(held))

    def at(seconds: int) -> Any:
        moment = now + timedelta(seconds=seconds)
        return counter.request(ada, (apple, 1), key="k", said="one", now=moment)

    assert await counter.place(at(14)) == ["idempotency_in_progress"]
    assert await counter.place(at(15)) == ["placed 1"]
    assert await counter.place(at(16)) == ["again 1"]


async def test_a_reference_is_one_orders_also_within_a_group(counter: Counter) -> None:
    ada, apple = await counter.office.customer(), await counter.office.product(stock=2)

    assert await counter.place(
        counter.request(ada, (apple, 3), reference="R"),  # refused: the reference is still free
        counter.request(ada, (apple, 1), reference="R"),
        counter.request(ada, (apple, 1), reference="R"),
    ) == ["out_of_stock", "placed 1", "duplicate_reference"]
    assert await counter.place(counter.request(ada, (apple, 1), reference="R")) == [
        "duplicate_reference"
    ]
    assert (await counter.office.stock(apple)).reserved == 1


async def test_goods_come_from_any_place_that_has_them(counter: Counter) -> None:
    office = counter.office
    ada, apple = await office.customer(), await office.product(stock=2)
    annexe = await create_location(
        CreateLocation(name="Annexe"), office.uow(), now=office.clock.now()
    )
    moved = AdjustStock(product_id=apple, delta=3, reason="moved", location_id=annexe.id)
    await adjust_stock(moved, office.uow(), now=office.clock.now())

    assert await counter.place(
        counter.request(ada, (apple, 3)),  # whole from the annexe
        counter.request(ada, (apple, 3)),
        counter.request(ada, (apple, 1)),
        counter.request(ada, (apple, 1)),
    ) == ["placed 1", "out_of_stock", "placed 2", "placed 3"]
    await adds_up(counter)


async def test_what_may_be_ordered_before_it_is_there_is(counter: Counter) -> None:
    office = counter.office
    ada, apple = await office.customer(), await office.product(stock=1)
    async with office.database.write_sessions.begin() as session:
        await session.execute(text("UPDATE products SET backorder = true"))
        await session.execute(text("UPDATE stock_levels SET backorder = true"))

    assert await counter.place(counter.request(ada, (apple, 3))) == ["placed 1"]
    level = await office.stock(apple)
    assert (level.on_hand, level.reserved) == (1, 3)
    await adds_up(counter)


async def test_a_price_changed_elsewhere_counts_from_the_next_order_on(counter: Counter) -> None:
    """As another process would change it: this one's catalogue hears of it by the version alone."""
    office = counter.office
    ada, apple = await office.customer(), await office.product(stock=9, price="12.50")
    await counter.place(counter.request(ada, (apple, 1)))

    changes: dict[str, object] = {"price": UnitPrice.parse("13.00", GBP)}
    command = ChangeProduct(product_id=apple, changes=changes)
    await change_product(command, office.uow(), now=office.clock.now())
    await counter.place(counter.request(ada, (apple, 1)))

    assert [str((await office.order(number)).total) for number in (1, 2)] == ["12.50", "13.00"]


async def test_a_catalogue_cache_has_its_bound(counter: Counter) -> None:
    office = counter.office
    ada = await office.customer()
    products = [await office.product(f"P{number}", stock=9) for number in range(5)]
    cache = CatalogueCache(products_max=3)
    placer = GroupPlacer(SqlPlacementStore(office.database), cache, office.ids, nothing)

    for _ in range(2):
        lines = [(product, 1) for product in products]
        assert told([await placer.place(counter.request(ada, *lines))])[0].startswith("placed")
    assert len(cache) == 3


async def test_an_order_that_the_database_refuses_is_found_and_the_others_are_placed(
    counter: Counter,
) -> None:
    """A line total beyond what a column takes: nobody foresaw it, so only the database says so."""
    ada, apple = await counter.office.customer(), await counter.office.product(stock=100)
    async with counter.office.database.write_sessions.begin() as session:
        await session.execute(text(_forbid_thirteen(counter)))
        for statement in _and_its_trigger(counter):
            await session.execute(text(statement))

    quantities = [1, 2, 13, 4, 5, 13, 7]
    outcomes = await counter.place(*(counter.request(ada, (apple, many)) for many in quantities))

    assert [each.split()[0] for each in outcomes] == [
        "placed",
        "placed",
        outcomes[2],
        "placed",
        "placed",
        outcomes[2],
        "placed",
    ]
    assert "Error" in outcomes[2] or "Exception" in outcomes[2]
    assert (await counter.office.stock(apple)).reserved == 1 + 2 + 4 + 5 + 7
    await adds_up(counter)


def _forbid_thirteen(counter: Counter) -> str:
    if counter.office.database.dialect == "sqlite":
        return (
            "CREATE TRIGGER unlucky BEFORE INSERT ON order_items WHEN NEW.quantity = 13"
            " BEGIN SELECT RAISE(ABORT, 'unlucky'); END"
        )
    return (
        "CREATE FUNCTION unlucky() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'unlucky'; END $$"
    )


def _and_its_trigger(counter: Counter) -> list[str]:
    if counter.office.database.dialect == "sqlite":
        return []
    return [
        (
            "CREATE TRIGGER unlucky BEFORE INSERT ON order_items FOR EACH ROW"
            " WHEN (NEW.quantity = 13) EXECUTE FUNCTION unlucky()"
        )
    ]


class Faulty:
    """A store whose transactions fail at one call, so many times."""

    def __init__(
        self, real: SqlPlacementStore, method: str, error: Exception, times: int, *, after: bool
    ) -> None:
        self._real = real
        self._method = method
        self._error = error
        self._times = times
        self._after = after

    @asynccontextmanager
    async def transaction(self) -> Any:
        async with self._real.transaction() as tx:
            setattr(tx, self._method, self._failing(getattr(tx, self._method)))
            yield tx

    async def have_orders(self, order_ids: Collection[int]) -> bool:
        return await self._real.have_orders(order_ids)

    def _failing(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def fail(*arguments: object) -> Any:
            if not self._times:
                return await call(*arguments)
            self._times -= 1
            if self._after:
                await call(*arguments)
            raise self._error

        return fail


def faulty(counter: Counter, method: str, error: Exception, times: int, *, after: bool) -> None:
    store = Faulty(SqlPlacementStore(counter.office.database), method, error, times, after=after)
    counter.office.placing = GroupPlacer(store, CatalogueCache(), counter.office.ids, nothing)


@pytest.mark.parametrize("method", ["shelves", "write"])
@pytest.mark.parametrize(
    "error",
    [TransactionConflict("in the way"), DatabaseUnavailable("gone")],
)
async def test_what_is_over_soon_is_tried_again_whole(
    counter: Counter, method: str, error: Exception
) -> None:
    ada, apple = await counter.office.customer(), await counter.office.product(stock=2)
    faulty(counter, method, error, times=2, after=True)

    outcomes = await counter.place(*(counter.request(ada, (apple, 1)) for _ in range(3)))

    assert [each.split()[0] for each in outcomes] == ["placed", "placed", "out_of_stock"]
    assert await rows(counter, "orders") == 2
    await adds_up(counter)


async def test_a_table_altered_under_a_running_server_costs_nobody_an_order(
    counter: Counter,
) -> None:
    ada, apple = await counter.office.customer(), await counter.office.product(stock=2)
    assert await counter.place(counter.request(ada, (apple, 1))) == ["placed 1"]

    if counter.office.database.dialect == "postgresql":  # SQLite prepares anew by itself
        async with counter.office.database.write_sessions.begin() as session:
            await session.execute(text("ALTER TABLE stock_levels ALTER on_hand TYPE numeric"))

    (outcome,) = await counter.place(counter.request(ada, (apple, 1)))
    assert outcome.startswith("placed")


async def test_what_is_not_over_soon_is_answered_to_everybody_and_nothing_is_done(
    counter: Counter,
) -> None:
    ada, apple = await counter.office.customer(), await counter.office.product(stock=2)
    faulty(counter, "write", DatabaseUnavailable("gone"), times=3, after=True)

    outcomes = await counter.place(*(counter.request(ada, (apple, 1)) for _ in range(3)))

    assert outcomes == ["database_unavailable"] * 3
    assert await rows(counter, "orders") == 0
    assert (await counter.office.stock(apple)).reserved == 0


async def test_a_database_that_is_too_busy_is_not_waited_for_again(counter: Counter) -> None:
    ada, apple = await counter.office.customer(), await counter.office.product(stock=2)
    faulty(counter, "shelves", DatabaseBusy("busy"), times=1, after=True)
    wanted = counter.request(ada, (apple, 1), key="k")

    assert await counter.place(wanted) == ["database_busy"]
    assert (await counter.place(wanted))[0].startswith("placed")
    assert await rows(counter, "orders") == 1


async def test_a_commit_whose_answer_was_lost_is_found_to_have_happened(counter: Counter) -> None:
    ada, apple = await counter.office.customer(), await counter.office.product(stock=5)
    faulty(counter, "commit", CommitUnknown("gone"), times=1, after=True)

    outcomes = await counter.place(
        counter.request(ada, (apple, 1)), counter.request(ada, (apple, 1), key="k")
    )

    assert outcomes == ["placed 1", "placed 2"]
    assert await rows(counter, "orders") == 2


async def test_a_commit_that_may_still_happen_is_only_repeated_by_who_has_a_key(
    counter: Counter,
) -> None:
    ada, apple = await counter.office.customer(), await counter.office.product(stock=5)
    faulty(counter, "commit", CommitUnknown("gone"), times=1, after=False)

    outcomes = await counter.place(
        counter.request(ada, (apple, 1)), counter.request(ada, (apple, 1), key="k")
    )

    assert outcomes[0] == "commit_unknown"
    assert outcomes[1].startswith("placed")
    assert await rows(counter, "orders") == 1


async def test_a_commit_that_nobody_can_be_asked_about_places_nothing_twice(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that restarts: it has committed, and takes no connection yet."""
    ada, apple = await counter.office.customer(), await counter.office.product(stock=5)
    faulty(counter, "commit", CommitUnknown("gone"), times=1, after=True)

    async def unreachable(_store: Faulty, _order_ids: Collection[int]) -> bool:
        raise DatabaseUnavailable("starting up")

    monkeypatch.setattr(Faulty, "have_orders", unreachable)
    outcomes = await counter.place(
        counter.request(ada, (apple, 1)), counter.request(ada, (apple, 1), key="k")
    )

    assert outcomes == ["commit_unknown", "again 2"]
    assert await rows(counter, "orders") == 2


async def test_processing_is_promised_with_the_order(counter: Counter) -> None:
    ada, apple = await counter.office.customer(), await counter.office.product(stock=5)
    waiting: list[WaitingTask] = []
    placer = GroupPlacer(
        SqlPlacementStore(counter.office.database),
        CatalogueCache(),
        counter.office.ids,
        nothing,
        tasks_wait=waiting.extend,
    )

    await placer.place_all([counter.request(ada, (apple, 1))])
    assert (await rows(counter, "tasks"), waiting) == (0, [])
    await placer.place_all([counter.request(ada, (apple, 1), pay_now=True)])
    assert (await rows(counter, "tasks"), len(waiting)) == (1, 1)


async def test_two_groups_at_once_sell_what_there_is_and_no_more(counter: Counter) -> None:
    """As two processes would; also with the same keys in both, in opposite order."""
    office = counter.office
    ada = await office.customer()
    apple, pear = await office.product("A", stock=15), await office.product("B", stock=100)

    def group(*, backwards: bool) -> list[Any]:
        requests = [
            counter.request(ada, (apple, 1), (pear, 1), key=f"k{number}", said="same")
            for number in range(20)
        ]
        return requests[::-1] if backwards else requests

    outcomes = await asyncio.gather(
        *(office.placing.place_all(group(backwards=flag)) for flag in (False, True, False))
    )

    said = [word for each in outcomes for word in told(each)]
    assert len([word for word in said if word.startswith("placed")]) == 15
    assert said.count("out_of_stock") == 5
    assert len([word for word in said if word.startswith("again")]) == 40
    assert (await office.stock(apple)).available == 0
    await adds_up(counter)


@pytest.mark.parametrize(("at_most", "copied"), [(6, 0), (5, 1)])
async def test_more_lines_than_a_statement_has_time_for_are_copied(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch, at_most: int, copied: int
) -> None:
    copies = []

    async def copy(connection: Any, rows: RowsByTable) -> None:
        copies.append(connection)
        await copy_rows(connection, rows)

    monkeypatch.setattr(postgresql, "_LINES_IN_A_STATEMENT", at_most)
    monkeypatch.setattr(postgresql, "copy_rows", copy)
    database = Database(postgresql_url)
    counter = Counter(BackOffice(database))
    ada = await counter.office.customer()
    apple = await counter.office.product("APPLE", stock=9)

    three_lines = [(apple, 1)] * 3
    outcomes = await counter.place(
        counter.request(ada, *three_lines, key="1"), counter.request(ada, *three_lines, key="2")
    )

    assert [outcome.partition(" ")[0] for outcome in outcomes] == ["placed", "placed"]
    assert len(copies) == copied
    assert await rows(counter, "order_items") == 6
    await adds_up(counter)
    await database.dispose()
