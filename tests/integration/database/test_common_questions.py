"""What is asked in the short way is answered as in the long one, to the last field."""

import pytest

from benchmarks.plans.filling import fill
from orderwright.domain.entities.order import FulfilmentStatus, Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.interfaces.order_reader import OrderFilter, OrderPage, OrderSort
from orderwright.domain.interfaces.unit_of_work import DatabaseBusy
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.engines import Limits
from orderwright.infrastructure.database.mapping import map_entities
from orderwright.infrastructure.database.readers.common_questions import CommonQuestions
from orderwright.infrastructure.database.readers.order_cursor import OrderCursor
from orderwright.infrastructure.database.readers.orders import SqlOrderReader
from tests.integration.database.whole_entities import whole_entities

_ORDERS = 120
_BY_TIME = (OrderSort.NEWEST, OrderSort.OLDEST)
_COMMON = [
    *((OrderFilter(), sort) for sort in OrderSort),
    *(
        (narrowed, sort)
        for sort in _BY_TIME
        for narrowed in (
            OrderFilter(customer_id=1),
            OrderFilter(channel="web"),
            OrderFilter(status=OrderStatus.CONFIRMED),
            OrderFilter(payment_status=PaymentStatus.PAID),
            OrderFilter(fulfilment_status=FulfilmentStatus.FULFILLED),
        )
    ),
]
_OTHERS = [
    (OrderFilter(customer_id=1), OrderSort.DEAREST),
    (OrderFilter(customer_id=1, channel="web"), OrderSort.NEWEST),
    (OrderFilter(reference="A-1"), OrderSort.NEWEST),
    (OrderFilter(q="1"), OrderSort.NEWEST),
]


async def _page_in_the_long_way(
    database: Database, narrowed: OrderFilter, sort: OrderSort, limit: int, cursor: str | None
) -> OrderPage:
    async with database.read_sessions() as session:
        return await SqlOrderReader(database).page_in(
            session, narrowed, sort=sort, limit=limit, skip=0, cursor=cursor
        )


async def test_every_page_of_every_common_list_is_the_same_in_both_ways(
    database: Database, database_url: str
) -> None:
    await fill(database_url, _ORDERS)
    common = CommonQuestions(database)
    pages = 0

    for narrowed, sort in _COMMON:
        cursor: str | None = None
        is_first = True
        while is_first or cursor is not None:
            after = None if cursor is None else OrderCursor.parse(cursor, sort)
            page = await common.page(narrowed, sort, after, skip=0, limit=50)
            assert page == await _page_in_the_long_way(database, narrowed, sort, 50, cursor)
            cursor, is_first, pages = page.next_cursor, False, pages + 1

    assert pages > len(_COMMON)


async def test_a_page_is_skipped_to(database: Database, database_url: str) -> None:
    await fill(database_url, _ORDERS)
    reader = SqlOrderReader(database)

    skipped_to = await reader.page(OrderFilter(), sort=OrderSort.DEAREST, limit=10, skip=5)

    whole = await reader.page(OrderFilter(), sort=OrderSort.DEAREST, limit=15)
    assert skipped_to.orders == whole.orders[5:]
    assert skipped_to.next_cursor == whole.next_cursor


@pytest.mark.parametrize(("narrowed", "sort"), _OTHERS)
async def test_other_questions_are_left_to_the_search(
    database: Database, narrowed: OrderFilter, sort: OrderSort
) -> None:
    assert await CommonQuestions(database).page(narrowed, sort, None, skip=0, limit=5) is None


async def test_an_order_with_all_that_one_can_have_is_the_same_in_both_ways(
    database: Database,
) -> None:
    map_entities()
    entities = whole_entities()
    async with database.write_sessions.begin() as session:
        for each in entities:
            session.add(each)
            await session.flush()
    (order,) = (each for each in entities if isinstance(each, Order))
    reader = SqlOrderReader(database)

    found = await reader.get(order.id)

    async with database.read_sessions() as session:
        assert found == await reader.get_in(session, order.id)
    assert found is not None
    assert (await reader.page(OrderFilter(), sort=OrderSort.NEWEST, limit=1)).orders == (found,)
    assert found.shipping_address == order.shipping_address
    assert found.metadata == order.metadata
    assert (found.created_at, found.updated_at) == (order.created_at, order.updated_at)


async def test_an_order_that_is_not_there_is_not_found(database: Database) -> None:
    assert await SqlOrderReader(database).get(1) is None


async def test_a_reader_waits_only_so_long_for_a_connection(postgresql_url: str) -> None:
    database = Database(postgresql_url, Limits(pool_size=1, pool_timeout_s=0.05))
    async with database.write_engine.connect():
        with pytest.raises(DatabaseBusy):
            await SqlOrderReader(database).get(1)

    assert await SqlOrderReader(database).get(1) is None
    await database.dispose()
