"""Those who follow events, for tests."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from sqlalchemy import text

from orderwright.application.services.event_handover import EventHandover
from orderwright.application.services.event_relay import EventRelay
from orderwright.application.services.event_turn import HandoverLimits
from orderwright.domain.interfaces.event_feed import EventConsumer, FeedEvent
from orderwright.domain.interfaces.gateway_webhooks import GatewayEvent
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWork
from orderwright.domain.value_objects.event_filter import EVENT_TYPES
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.event_delivery import SqlDeliveryReader
from orderwright.infrastructure.database.readers.event_feed import SqlEventFeedReader
from orderwright.infrastructure.database.unit_of_work import CrashPoint, SqlUnitOfWork
from orderwright.infrastructure.observability.failure_log import StructuredFailureLog
from tests.back_office import BackOffice


async def refuse_nothing(_event: FeedEvent) -> None:
    pass


@dataclass
class Copying:
    """Its effect is a row for every event, in the unit of work that it is handed, and another one each
    time: so the database knows how often it happened."""

    name: str = "copying"
    family: str = "customer."
    refuse: Callable[[FeedEvent], Awaitable[None]] = refuse_nothing
    rows: int = 1
    seen: list[int] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    async def rows_each(self) -> int:
        return self.rows

    async def wanted(self) -> Collection[str]:
        return [name for name in EVENT_TYPES if name.startswith(self.family)]

    async def consume(self, events: Sequence[FeedEvent], uow: UnitOfWork) -> None:
        self.batches.append(len(events))
        for event in events:
            await self.refuse(event)
            self.seen.append(event.position)
            copy = GatewayEvent(id=f"{event.position}/{uuid4()}", reference=None)
            await uow.gateway_events.note(self.name, copy, None, now=event.occurred_at)


def relay(office: BackOffice) -> EventRelay:
    return EventRelay(office.units, SqlDeliveryReader(office.database), office.clock)


def handover(
    office: BackOffice,
    *consumers: EventConsumer,
    limits: HandoverLimits | None = None,
    reached: CrashPoint | None = None,
) -> EventHandover:
    def units(context: RequestContext) -> SqlUnitOfWork:
        assert reached is not None
        return SqlUnitOfWork(office.database, office.clock, reached, context)

    return EventHandover(
        units if reached else office.units,
        SqlEventFeedReader(office.database),
        SqlDeliveryReader(office.database),
        office.clock,
        StructuredFailureLog(),
        consumers=consumers,
        limits=limits or HandoverLimits(),
    )


async def rows(database: Database, question: str) -> list[tuple[object, ...]]:
    async with database.read_engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(question))]


async def effects(database: Database, consumer: str = "copying") -> list[int]:
    """The events of which there is an effect, in the order of events."""
    found = await rows(database, "SELECT provider, event_id FROM gateway_events")
    return sorted(int(str(copy).partition("/")[0]) for name, copy in found if name == consumer)
