"""The outbox as it is measured."""

from orderwright.application.services.backlog import Backlog
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.event_feed import SqlEventFeedReader
from tests.back_office import BackOffice
from tests.events import relay


async def test_what_waits_for_its_position_is_counted_and_its_wait_is_measured(
    database: Database,
) -> None:
    office, told = BackOffice(database), list[tuple[int, float]]()
    backlog = Backlog(
        SqlEventFeedReader(database), office.clock, lambda many, lag_s: told.append((many, lag_s))
    )
    await relay(office).number_due()
    await office.customer()  # written at one second
    await office.customer()

    await backlog.measure()  # at the third
    await relay(office).number_due()
    await backlog.measure()

    assert told == [(2, 2.0), (0, 1.0)]
