import asyncio
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text

from orderwright.application.commands.process_order import PROCESS_ORDER, processing_task
from orderwright.domain.interfaces.processing import Claim
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.processing.store import SqlProcessingStore
from tests.back_office import BackOffice
from tests.patience import AWAITED_S, patient_database

_WAITS_FOR_A_LOCK = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
LEASE = timedelta(hours=1)


async def claims_of(office: BackOffice, task_ids: Sequence[str]) -> list[Claim]:
    """In the order of their ids, whatever the one in which they were written."""
    now = office.clock.now()
    order = await office.place(await office.product())
    async with office.uow() as uow:
        for task_id in task_ids:
            task = processing_task(
                order.id, None, payments_before=0, correlation_id=None, ids=office.ids, now=now
            )
            task.id = task.dedupe_key = task_id
            await uow.tasks.enqueue(task)
        await uow.commit()
    async with SqlProcessingStore(office.database).transaction() as tx:
        claimed = await tx.claim(
            PROCESS_ORDER, now=office.clock.now(), lease_until=now + LEASE, limit=10
        )
        await tx.commit()
    return sorted(claimed, key=lambda each: each.task_id)


async def until_somebody_waits(database: Database) -> None:
    async with asyncio.timeout(AWAITED_S), database.write_sessions() as session:
        while not await session.scalar(_WAITS_FOR_A_LOCK):
            await session.rollback()
            await asyncio.sleep(0.01)


async def test_renewing_leases_stands_in_the_way_of_no_outcome_that_it_waits_for(
    postgresql_url: str,
) -> None:
    database = patient_database(postgresql_url)
    office = BackOffice(database)
    first, second = await claims_of(office, ["b", "a"])
    store = SqlProcessingStore(database)

    async def renew() -> None:
        async with store.transaction() as tx:
            await tx.extend([first, second], office.clock.now() + LEASE)
            await tx.commit()

    async with store.transaction() as recording:
        assert await recording.still_held([first]) == {"a"}
        renewing = asyncio.create_task(renew())
        await until_somebody_waits(database)
        assert await recording.still_held([second]) == {"b"}
        await recording.commit()
    await renewing
    await database.dispose()
