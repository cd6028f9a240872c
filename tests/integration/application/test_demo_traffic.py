"""Made-up shoppers buy what there is, as everybody does."""

from random import Random

import pytest

from orderwright.application.queries.audit import audit
from orderwright.application.services.demo_traffic import DemoTraffic, NothingToBuy, Traffic
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.catalogue import SqlCatalogueReader
from tests.back_office import BackOffice


class Paces:
    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def traffic_of(office: BackOffice, paces: Paces) -> DemoTraffic:
    return DemoTraffic(
        placing=office.placing,
        catalogue=SqlCatalogueReader(office.database),
        clock=office.clock,
        random=Random(1),  # noqa: S311 - shoppers need not be unforeseeable
        sleep=paces.sleep,
    )


async def test_shoppers_buy_until_the_shelves_are_empty(database: Database) -> None:
    office, paces = BackOffice(database), Paces()
    await office.customer()
    apple = await office.product("APPLE", stock=12)

    traffic = await traffic_of(office, paces).run(30, per_second=10)

    assert traffic.placed + traffic.refused["out_of_stock"] == 30
    assert (await office.stock(apple)).available in (0, 1, 2), "nobody leaves what they could have"
    assert paces.slept == [0.1] * 30
    assert (await audit(SqlAuditor(database))).violations == []


async def test_the_same_dice_make_the_same_shoppers(database: Database) -> None:
    office = BackOffice(database)
    await office.customer()
    await office.product("APPLE", stock=1000)

    assert await traffic_of(office, Paces()).run(5, 1) == Traffic(placed=5, refused={})


async def test_an_empty_shop_says_so(database: Database) -> None:
    with pytest.raises(NothingToBuy):
        await traffic_of(BackOffice(database), Paces()).run(1, 1)
