"""An import that breaks between or within its groups keeps the whole ones, and goes on from there."""

from itertools import count
from pathlib import Path

import pytest

from orderwright.application.importing.import_orders import import_orders
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.infrastructure.crash_points import PlannedCrash
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.unit_of_work import SqlUnitOfWork
from tests.integration.importing.history import History, reasons
from tests.unit.importing.made_up import a_file, a_mapping, a_row

DOCUMENTS = 1_100  # two whole groups and a part of a third


async def test_groups_that_were_committed_stay_and_the_rest_comes_with_the_next_run(
    database: Database, tmp_path: Path
) -> None:
    history = History(database, tmp_path)
    rows = [a_row(str(number), f"SKU{number % 7}", 1, "2.00") for number in range(DOCUMENTS)]
    passed = count(1)

    async def second_group_breaks(_point: str) -> None:
        if next(passed) == 2:
            raise PlannedCrash

    def breaking(context: RequestContext) -> SqlUnitOfWork:
        return SqlUnitOfWork(database, history.office.clock, second_group_breaks, context)

    with pytest.raises(PlannedCrash):
        await import_orders(
            [a_file(tmp_path, rows)],
            a_mapping(),
            units=breaking,
            clock=history.office.clock,
            ids=history.office.ids,
        )
    resumed = await history.bring(*rows)

    assert reasons(resumed) == {"already_imported": 500}
    assert resumed["documents"] == {"placed": 600, "skipped": 500, "rejected": 0, "total": 1_100}
    assert (await history.order("0")).version == (await history.order("1099")).version == 9
    assert await history.violations() == []
