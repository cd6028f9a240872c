"""`python -m tests.chaos.relay_process URL`: numbers events and hands them over until it is killed."""

import asyncio
import sys
from datetime import timedelta

from orderwright.application.services.event_handover import EventHandover
from orderwright.application.services.event_relay import EventRelay
from orderwright.application.services.event_turn import HandoverLimits
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.infrastructure.crash_points import nothing
from orderwright.infrastructure.database.mapping import map_entities
from orderwright.infrastructure.database.readers.event_delivery import SqlDeliveryReader
from orderwright.infrastructure.database.readers.event_feed import SqlEventFeedReader
from orderwright.infrastructure.database.unit_of_work import SqlUnitOfWork
from orderwright.infrastructure.observability.failure_log import StructuredFailureLog
from orderwright.infrastructure.system.clock import SystemClock
from tests.events import Copying
from tests.patience import patient_database

LEASE = timedelta(seconds=1)


async def work(url: str) -> None:
    map_entities()
    database, clock = patient_database(url), SystemClock()

    def units(context: RequestContext) -> SqlUnitOfWork:
        return SqlUnitOfWork(database, clock, nothing, context)

    deliveries = SqlDeliveryReader(database)
    relay = EventRelay(units, deliveries, clock)
    handover = EventHandover(
        units,
        SqlEventFeedReader(database),
        deliveries,
        clock,
        StructuredFailureLog(),
        consumers=[Copying()],
        limits=HandoverLimits(lease=LEASE, retry_countdown=LEASE, at_once=20),
    )
    await handover.begin()
    print("begun", flush=True)  # noqa: T201 - whoever started it waits for that
    while True:
        if not await relay.number_due() + await handover.run_due():
            await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
