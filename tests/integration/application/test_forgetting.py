from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from orderwright.application.commands.create_customer import CreateCustomer, create_customer
from orderwright.application.commands.forget_expired import ForgetExpired, forget_expired
from orderwright.domain.entities.refresh_token import RefreshToken
from orderwright.domain.entities.task import Task, TaskState
from orderwright.domain.entities.user import User
from orderwright.domain.interfaces.auditor import Violation
from orderwright.domain.interfaces.requests import Answer, KeyedRequest, Replayed, RequestContext
from orderwright.infrastructure.database import tables, tables_access, tables_work
from orderwright.infrastructure.database.auditing.auditor import SqlAuditor
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.unit_of_work import SqlUnitOfWork
from tests.back_office import BackOffice

DAY = timedelta(hours=24)


@pytest.fixture
def office(database: Database) -> BackOffice:
    return BackOffice(database)


def keyed(office: BackOffice, key: str, answer: bytes = b"done") -> SqlUnitOfWork:
    request = KeyedRequest(
        key=key, fingerprint="f" * 64, render=lambda _result: Answer(201, {}, answer)
    )
    return office.units(RequestContext(request=request))


async def answered(office: BackOffice, key: str) -> datetime:
    """When the key was claimed."""
    await create_customer(CreateCustomer(name="Ada"), keyed(office, key), now=office.clock.now())
    claimed = await one_of(office, select(tables_work.idempotency_keys.c.created_at), key)
    assert isinstance(claimed, datetime)
    return claimed


async def one_of(office: BackOffice, question: object, key: str) -> object:
    async with office.database.read_sessions() as session:
        mine = question.where(tables_work.idempotency_keys.c.key == key)  # type: ignore[attr-defined]
        found: object = await session.scalar(mine)
        return found


async def how_many(office: BackOffice, table: object) -> int:
    async with office.database.read_sessions() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


async def forget(office: BackOffice, now: datetime, batch: int = 1_000) -> int:
    command = ForgetExpired(idempotency_keys=DAY, batch=batch)
    return await forget_expired(command, office.units, now=now)


async def test_an_answer_is_kept_a_day_and_not_a_moment_less(office: BackOffice) -> None:
    claimed = await answered(office, "k")

    assert await forget(office, claimed + DAY) == 0
    with pytest.raises(Replayed):
        await answered(office, "k")
    assert await forget(office, claimed + DAY + timedelta(microseconds=1)) == 1

    await answered(office, "k")  # it works anew
    assert await how_many(office, tables.customers) == 2


async def test_a_forgotten_key_serves_another_request(office: BackOffice) -> None:
    claimed = await answered(office, "k")
    await forget(office, claimed + 2 * DAY)

    other = KeyedRequest(key="k", fingerprint="0" * 64, render=lambda _: Answer(200, {}, b"other"))
    await create_customer(
        CreateCustomer(name="Grace"),
        office.units(RequestContext(request=other)),
        now=office.clock.now(),
    )

    assert await how_many(office, tables.customers) == 2


async def test_a_request_that_is_being_served_keeps_its_key(office: BackOffice) -> None:
    async with keyed(office, "k") as uow:
        await uow.checkpoint("order-7")
    claimed = await one_of(office, select(tables_work.idempotency_keys.c.created_at), "k")
    lease = await one_of(office, select(tables_work.idempotency_keys.c.lease_until), "k")
    assert isinstance(claimed, datetime)
    assert isinstance(lease, datetime)

    # Old enough by its age, and yet an attempt may have gone on until a day ago.
    assert await forget(office, claimed + DAY + timedelta(seconds=1)) == 0
    assert await forget(office, lease + DAY + timedelta(seconds=1)) == 1


async def test_much_is_forgotten_a_batch_at_a_time(office: BackOffice) -> None:
    for number in range(7):
        last = await answered(office, f"k{number}")
    kept = await answered(office, "young")

    assert await forget(office, last + DAY + timedelta(microseconds=1), batch=3) == 7

    assert await how_many(office, tables_work.idempotency_keys) == 1
    assert kept > last


async def test_refresh_tokens_are_forgotten_once_they_expired(office: BackOffice) -> None:
    now = office.clock.now()
    async with office.uow() as uow:
        user = User.create(
            username="ada", email=None, password_hash="h", permissions=frozenset(), now=now
        )
        await uow.users.add(user)
        for name, life in (("old", timedelta(0)), ("used", DAY), ("live", DAY)):
            await uow.refresh_tokens.add(
                RefreshToken(
                    id=name,
                    family_id="family",
                    user_id=user.id,
                    token_hash=name,
                    created_at=now - DAY,
                    expires_at=now + life,
                    used_at=now if name == "used" else None,
                )
            )
        await uow.commit()

    assert await forget(office, now) == 0
    assert await forget(office, now + timedelta(microseconds=1)) == 1
    # A used one that has not expired still tells a thief from the owner.
    assert await how_many(office, tables_access.refresh_tokens) == 2


async def test_tasks_are_forgotten_a_month_after_they_succeeded(office: BackOffice) -> None:
    now = office.clock.now()
    async with office.uow() as uow:
        for name, state, finished_at in (
            ("done", TaskState.SUCCEEDED, now),
            ("done since", TaskState.SUCCEEDED, now + DAY),
            ("dead", TaskState.DEAD, now),
            ("failed", TaskState.FAILED, now),
            ("waiting", TaskState.QUEUED, None),
        ):
            task = Task(
                id=name,
                name="process_order",
                payload={},
                created_at=now - DAY,
                due_at=now,
                state=state,
                finished_at=finished_at,
            )
            await uow.tasks.enqueue(task)
        await uow.commit()

    assert await forget(office, now + 30 * DAY) == 0
    assert await forget(office, now + 30 * DAY + timedelta(microseconds=1)) == 1
    async with office.database.read_sessions() as session:
        left = set(await session.scalars(select(tables_work.tasks.c.id)))
    assert left == {"done since", "dead", "failed", "waiting"}


async def test_forgetting_touches_no_order(office: BackOffice) -> None:
    order = await office.paid(await office.product())
    claimed = await answered(office, "k")
    before = await office.events(order.id)

    await forget(office, claimed + 400 * DAY)

    violations: list[Violation] = []
    await SqlAuditor(office.database).examine(violations.append)
    assert violations == []
    assert await office.events(order.id) == before
