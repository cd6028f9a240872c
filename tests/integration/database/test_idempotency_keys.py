import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from orderwright.application.commands.create_customer import CreateCustomer, create_customer
from orderwright.domain.entities.customer import Customer
from orderwright.domain.errors import Rejected
from orderwright.domain.interfaces.requests import (
    Answer,
    IdempotencyInProgress,
    IdempotencyKeyReused,
    KeyedRequest,
    Replayed,
    RequestContext,
)
from orderwright.domain.value_objects.actor import Actor
from orderwright.infrastructure.database import tables
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.unit_of_work import SqlUnitOfWork
from tests.back_office import BackOffice

ANSWER = Answer(
    201, {"location": "/api/v1/customers/1", "x": "ü"}, b'{"name": "Zo\xc3\xab"}\x00\xff'
)


@pytest.fixture
def office(database: Database) -> BackOffice:
    return BackOffice(database)


def unit(
    office: BackOffice,
    key: str = "key-1",
    *,
    fingerprint: str = "f" * 64,
    caller: str = "user:1",
    answer: Answer = ANSWER,
) -> SqlUnitOfWork:
    request = KeyedRequest(key=key, fingerprint=fingerprint, render=lambda _result: answer)
    return office.units(RequestContext(actor=Actor(caller, frozenset()), request=request))


async def create(office: BackOffice, uow: SqlUnitOfWork) -> Customer:
    return await create_customer(CreateCustomer(name="Ada"), uow, now=office.clock.now())


async def customers(office: BackOffice) -> int:
    async with office.database.read_sessions() as session:
        return await session.scalar(select(func.count()).select_from(tables.customers)) or 0


def replayed(results: Sequence[object]) -> list[Answer]:
    return [result.answer for result in results if isinstance(result, Replayed)]


async def test_a_repeated_request_gets_the_same_answer_to_the_byte(office: BackOffice) -> None:
    await create(office, unit(office))

    with pytest.raises(Replayed) as again:
        await create(office, unit(office, answer=Answer(500, {}, b"another")))

    assert again.value.answer == ANSWER
    assert await customers(office) == 1


async def test_a_first_attempt_resumes_nothing(office: BackOffice) -> None:
    async with unit(office) as uow:
        assert uow.resumes is None


async def test_a_key_belongs_to_one_request(office: BackOffice) -> None:
    await create(office, unit(office))

    with pytest.raises(IdempotencyKeyReused):
        await create(office, unit(office, fingerprint="0" * 64))

    assert await customers(office) == 1


async def test_two_callers_may_use_the_same_key(office: BackOffice) -> None:
    await create(office, unit(office, caller="user:1"))
    await create(office, unit(office, caller="api_key:1", fingerprint="0" * 64))

    assert await customers(office) == 2


async def test_a_request_that_failed_leaves_its_key_free(office: BackOffice) -> None:
    with pytest.raises(Rejected):
        async with unit(office, fingerprint="0" * 64) as uow:
            await uow.customers.add(Customer.create(name="Nobody", now=office.clock.now()))
            raise Rejected("no")

    await create(office, unit(office))

    assert await customers(office) == 1


async def test_an_answer_that_cannot_be_given_undoes_the_work(office: BackOffice) -> None:
    def render(_result: object) -> Answer:
        raise ZeroDivisionError

    request = KeyedRequest(key="key-1", fingerprint="f", render=render)
    with pytest.raises(ZeroDivisionError):
        await create(office, office.units(RequestContext(request=request)))

    assert await customers(office) == 0


async def test_a_request_underway_is_not_served_twice(office: BackOffice) -> None:
    async with unit(office) as first:
        await first.checkpoint("order-7")

    with pytest.raises(IdempotencyInProgress) as told:
        await create(office, unit(office))

    assert told.value.retry_after_s >= 1
    assert await customers(office) == 0


async def test_a_request_that_was_interrupted_is_taken_over_where_it_stopped(
    office: BackOffice,
) -> None:
    async with unit(office) as first:
        await first.checkpoint("order-7")
    office.clock.advance(timedelta(seconds=16))

    async with unit(office) as second:
        assert second.resumes == "order-7"
        await second.checkpoint("order-7")

    # The new attempt has a lease of its own.
    with pytest.raises(IdempotencyInProgress):
        await create(office, unit(office))


async def test_a_taken_over_key_still_belongs_to_its_request(office: BackOffice) -> None:
    async with unit(office) as first:
        await first.checkpoint("order-7")
    office.clock.advance(timedelta(seconds=16))

    with pytest.raises(IdempotencyKeyReused):
        await create(office, unit(office, fingerprint="0" * 64))


async def test_a_unit_goes_on_after_its_own_checkpoint(office: BackOffice) -> None:
    uow = unit(office)
    async with uow:
        await uow.checkpoint("order-7")
    async with uow:
        await uow.commit()

    with pytest.raises(Replayed) as again:
        await create(office, unit(office))

    assert again.value.answer == ANSWER


async def test_whoever_answers_first_has_answered(office: BackOffice) -> None:
    slow = unit(office, answer=Answer(200, {}, b"too late"))
    async with slow:
        await slow.checkpoint("order-7")
    office.clock.advance(timedelta(seconds=16))
    await create(office, unit(office))

    with pytest.raises(Replayed) as told:
        await create(office, slow)

    assert told.value.answer == ANSWER
    assert await customers(office) == 1
    with pytest.raises(Replayed) as again:
        await create(office, unit(office))
    assert again.value.answer == ANSWER


async def test_of_many_equal_requests_at_once_one_is_served(office: BackOffice) -> None:
    results = await asyncio.gather(
        *(create(office, unit(office)) for _ in range(10)), return_exceptions=True
    )

    assert replayed(results) == [ANSWER] * 9
    assert sum(isinstance(result, Customer) for result in results) == 1
    assert await customers(office) == 1
